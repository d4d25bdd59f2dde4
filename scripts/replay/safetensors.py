"""safetensors files <-> dictionaries of numpy arrays: as much of the format as is needed here."""
import json
import struct

import numpy

TYPES = {'F64': numpy.float64, 'F32': numpy.float32, 'F16': numpy.float16, 'U8': numpy.uint8, 'I32': numpy.int32}


def read(path):
    """-> (arrays by name, metadata)"""
    with open(path, 'rb') as file:
        content = file.read()
    (length,) = struct.unpack('<Q', content[:8])
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop('__metadata__', {})
    data = memoryview(content)[8 + length :]
    arrays = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        arrays[name] = numpy.frombuffer(data[begin:end], TYPES[entry['dtype']]).reshape(entry['shape'])
    return arrays, metadata


def write(path, arrays, metadata):
    header, parts, at = {'__metadata__': metadata}, [], 0
    for name, array in arrays.items():
        dtype = next(key for key, value in TYPES.items() if value == array.dtype)
        part = numpy.ascontiguousarray(array).tobytes()
        header[name] = {'dtype': dtype, 'shape': list(array.shape), 'data_offsets': [at, at + len(part)]}
        parts.append(part)
        at += len(part)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(parts))
