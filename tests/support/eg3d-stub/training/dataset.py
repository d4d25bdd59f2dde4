import json
import struct
import zipfile


class ImageFolderDataset:
    def __init__(self, path, use_labels=False, max_size=None, xflip=False, resolution=None, random_seed=0):
        with zipfile.ZipFile(path) as file:
            assert file.testzip() is None
            names = sorted(name for name in file.namelist() if name.endswith('.png'))
            labels = dict(json.loads(file.read('dataset.json'))['labels'])
            head = file.read(names[0])[:24]
        assert set(labels) == set(names)
        self.resolution = struct.unpack('>I', head[16:20])[0]
        self.label_dim = len(labels[names[0]])
        self.count = len(names)

    def __len__(self):
        return self.count
