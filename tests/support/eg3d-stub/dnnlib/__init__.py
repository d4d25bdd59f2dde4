from . import util
from .util import EasyDict
