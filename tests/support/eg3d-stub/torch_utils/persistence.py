"""Pickles objects together with the text of their module, in the official form: one dict as the argument of `_reconstruct_persistent_obj`."""

import inspect
import sys

VERSION = 6
_persistent = set()


def persistent_class(plain):
    if plain in _persistent:
        return plain
    text = inspect.getsource(sys.modules[plain.__module__])

    class Persistent(plain):
        _text = text
        _class_name = plain.__name__

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self._init_args, self._init_kwargs = args, kwargs

        def __reduce__(self):
            record = dict(type='class', version=VERSION, module_src=self._text, class_name=self._class_name, state=self.__getstate__())
            return _reconstruct_persistent_obj, (record,), None

        def __getstate__(self):
            return dict(self.__dict__)

    Persistent.__name__ = plain.__name__
    _persistent.add(Persistent)
    return Persistent


def _reconstruct_persistent_obj(record):
    assert record['version'] == VERSION
    module = {'__name__': '_imported'}
    sys.modules['_imported'] = type(sys)('_imported')
    exec(record['module_src'].replace('@persistence.persistent_class\n', ''), module)
    found = module[record['class_name']]
    made = found.__new__(found)
    made.__setstate__(record['state'])
    return made
