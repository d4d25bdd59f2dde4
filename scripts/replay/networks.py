"""EG3D's networks in plain PyTorch, as functions of a dictionary of parameters under their official names.

Written from the papers (Chan et al. 2022; Karras et al. 2020; Mildenhall et al. 2020), from what the reference's README says of the official code's
habits, and from src/models: every step in its simplest form, for whatever precision its inputs have. Nothing here is fast.
Pictures are [N, C, H, W].
"""
import math

import torch
import torch.nn.functional as F

SQRT2 = math.sqrt(2)
ROOT_HALF = math.sqrt(0.5)


def scoped(parameters, prefix):
    """Those parameters whose names begin so, without the beginning."""
    return {name[len(prefix) :]: value for name, value in parameters.items() if name.startswith(prefix)}


# ------------------------------------------------------------------------------------------------------------------------ layers


class LeakyReLU:
    """
    Leaky ReLU, and for those who ask what its kinks do: `seen` takes what went in, call by call; `slopes` has, call by call, on which side of the
    kink each unit is to be (true: the slope 1), wherever its input really lies. Values stay as they are.
    """

    def __init__(self):
        self.seen, self.slopes = None, None

    def __call__(self, x):
        y = F.leaky_relu(x, 0.2)
        if self.seen is not None:
            self.seen.append(x.detach())
        if self.slopes is None:
            return y
        chosen = torch.where(self.slopes[self.calls], x, 0.2 * x)
        self.calls += 1
        return chosen + (y - chosen).detach()

    def watched(self, run, slopes=None):
        """-> (what run() gives, what went into each call)"""
        self.seen, self.slopes, self.calls = [], slopes, 0
        result, seen = run(), self.seen
        self.seen, self.slopes = None, None
        return result, seen


lrelu = LeakyReLU()


def dense(parameters, name, x, lr_multiplier=1.0, activate=False):
    weight, bias = parameters[f'{name}.weight'], parameters[f'{name}.bias']
    x = x @ (weight * (lr_multiplier / math.sqrt(weight.shape[1]))).T + bias * lr_multiplier
    return lrelu(x) * SQRT2 if activate else x


def unit_second_moment(x):
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def mapping(parameters, z, c):
    """-> w [N, w_dim]"""
    parts = [] if z is None else [unit_second_moment(z)]
    x = torch.cat(parts + [unit_second_moment(dense(parameters, 'embed', c))], 1)
    layer = 0
    while f'fc{layer}.weight' in parameters:
        x = dense(parameters, f'fc{layer}', x, lr_multiplier=0.01, activate=True)
        layer += 1
    return x


def fir(x, taps, pad, gain=1.0, up=1, down=1):
    """Zero insertion, zeros (before, after) on both axes, a filter of rows and columns (symmetric), every down-th pixel."""
    n, c, h, w = x.shape
    if up > 1:
        x = F.pad(x.reshape(n, c, h, 1, w, 1), [0, up - 1, 0, 0, 0, up - 1]).reshape(n, c, h * up, w * up)
    x = F.pad(x, [pad[0], pad[1], pad[0], pad[1]])
    taps = torch.as_tensor(taps, dtype=x.dtype) * math.sqrt(gain)
    x = F.conv2d(x, taps.reshape(1, 1, -1, 1).repeat(c, 1, 1, 1), groups=c, stride=(down, 1))
    return F.conv2d(x, taps.reshape(1, 1, 1, -1).repeat(c, 1, 1, 1), groups=c, stride=(1, down))


BINOMIAL = [1 / 8, 3 / 8, 3 / 8, 1 / 8]


def gaussian_blur(x, sigma):
    radius = math.floor(3 * sigma)
    if radius < 1:
        return x
    taps = torch.exp2(-((torch.arange(-radius, radius + 1, dtype=torch.float64) / sigma) ** 2))
    return fir(x, taps / taps.sum(), (radius, radius))


def resize_matrix(old, new, dtype):
    """[new, old]: bilinear, pixels at their middles, with the triangle as wide as a new pixel where the picture shrinks (antialiased)."""
    scale = old / new
    middles = (torch.arange(new, dtype=torch.float64) + 0.5) * scale
    distance = torch.arange(old, dtype=torch.float64) + 0.5 - middles[:, None]
    weights = (1 - distance.abs() / max(scale, 1)).clamp(min=0)
    return (weights / weights.sum(1, keepdim=True)).to(dtype)


def resize(x, side):
    matrix = resize_matrix(x.shape[2], side, x.dtype)
    return torch.einsum('ih,nchw,jw->ncij', matrix, x, matrix)


def modulated_conv(parameters, x, w, up=False, noise=None, clamp=None):
    weight = parameters['weight']
    styles = dense(parameters, 'affine', w)
    demodulation = (torch.einsum('ni,oi->no', styles.square(), weight.square().sum([2, 3])) + 1e-8).rsqrt()
    x = x * styles[:, :, None, None]
    if up:
        x = fir(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), BINOMIAL, (1, 1), gain=4)
    else:
        x = F.conv2d(x, weight, padding=1)
    x = x * demodulation[:, :, None, None]
    if noise is not None:
        x = x + noise * parameters['noise_strength']
    x = lrelu(x + parameters['bias'][:, None, None]) * SQRT2
    return x if clamp is None else x.clamp(-clamp, clamp)


def to_rgb(parameters, x, w, clamp=None):
    weight = parameters['weight']
    styles = dense(parameters, 'affine', w) / math.sqrt(weight.shape[1])
    x = F.conv2d(x * styles[:, :, None, None], weight) + parameters['bias'][:, None, None]
    return x if clamp is None else x.clamp(-clamp, clamp)


# ------------------------------------------------------------------------------------------------------------------------ generator


def synthesis(parameters, w, noises):
    """-> planes [N, 96, R, R]. All layers take the same w here: training neither truncates nor mixes."""
    x = parameters['b4.const'][None].repeat(len(w), 1, 1, 1)
    noises = iter(noises)
    image, side = None, 4
    while f'b{side}.conv1.weight' in parameters:
        block = scoped(parameters, f'b{side}.')
        if side > 4:
            x = modulated_conv(scoped(block, 'conv0.'), x, w, up=True, noise=next(noises))
        x = modulated_conv(scoped(block, 'conv1.'), x, w, noise=next(noises))
        rgb = to_rgb(scoped(block, 'torgb.'), x, w)
        image = rgb if image is None else fir(image, BINOMIAL, (2, 1), gain=4, up=2) + rgb
        side *= 2
    return image


PLANE_AXES = [(0, 1), (0, 2), (2, 0)]


def decode(parameters, planes, points, box):
    """-> sigma [N, M, 1], colours [N, M, 32] of points [N, M, 3]"""
    n, _, h, w = planes.shape
    planes = planes.reshape(n, 3, 32, h, w)
    features = 0
    for plane, axes in enumerate(PLANE_AXES):
        uv = (points * (2 / box))[:, :, list(axes)][:, None]
        sampled = F.grid_sample(planes[:, plane], uv, mode='bilinear', padding_mode='zeros', align_corners=False)
        features = features + sampled[:, :, 0].transpose(1, 2) / 3
    out = dense(parameters, 'net.2', F.softplus(dense(parameters, 'net.0', features)))
    return out[:, :, :1], torch.sigmoid(out[:, :, 1:]) * 1.002 - 0.001


def camera_rays(cameras, resolution):
    """-> origins, directions [N, R, 3] of labels [N, 25]"""
    pose = cameras[:, :16].reshape(-1, 4, 4)
    k = cameras[:, 16:].reshape(-1, 3, 3)
    middles = (torch.arange(resolution, dtype=cameras.dtype) + 0.5) / resolution
    y, x = (axis.reshape(1, -1) for axis in torch.meshgrid(middles, middles, indexing='ij'))
    fx, fy, cx, cy, skew = (k[:, i, j, None] for i, j in [(0, 0), (1, 1), (0, 2), (1, 2), (0, 1)])
    lifted = torch.stack([(x - cx + cy * skew / fy - skew * y / fy) / fx, (y - cy) / fy + 0 * x, 1 + 0 * x + 0 * fx], 2)
    directions = torch.einsum('nij,nrj->nri', pose[:, :3, :3], lifted)
    origins = pose[:, None, :3, 3].expand_as(directions)
    return origins, directions / directions.norm(dim=2, keepdim=True)


def march(colours, sigma, depths):
    """-> picture [N, R, 32], weights [N, R, S - 1, 1] of samples [N, R, S, ...]"""
    middle = lambda x: (x[:, :, 1:] + x[:, :, :-1]) / 2
    alpha = 1 - torch.exp(-F.softplus(middle(sigma) - 1) * (depths[:, :, 1:] - depths[:, :, :-1]))
    light = torch.cumprod(torch.cat([torch.ones_like(alpha[:, :, :1]), 1 - alpha + 1e-10], 2), 2)[:, :, :-1]
    weights = alpha * light
    return (weights * middle(colours)).sum(2) * 2 - 1, weights


def fine_depths(depths, weights, u):
    """Depths [N * R, F] where the smoothed weights [N * R, S - 1] of intervals between depths [N * R, S] say that something is."""
    weights = F.avg_pool1d(F.max_pool1d(weights[:, None], 2, 1, padding=1), 2, 1)[:, 0] + 0.01
    bins = (depths[:, 1:] + depths[:, :-1]) / 2
    share = weights[:, 1:-1] + 1e-5
    cdf = torch.cumsum(share / share.sum(1, keepdim=True), 1)
    cdf = torch.cat([torch.zeros_like(cdf[:, :1]), cdf], 1)
    above = torch.searchsorted(cdf, u.contiguous(), right=True)
    below, above = (above - 1).clamp(min=0), above.clamp(max=cdf.shape[1] - 1)
    step = cdf.gather(1, above) - cdf.gather(1, below)
    step = torch.where(step < 1e-5, torch.ones_like(step), step)
    near, far = bins.gather(1, below), bins.gather(1, above)
    return near + (u - cdf.gather(1, below)) / step * (far - near)


def render(parameters, planes, cameras, jitter, u, options, resolution):
    """-> feature image [N, 32, r, r]"""
    origins, directions = camera_rays(cameras, resolution)
    n, rays, _ = origins.shape
    start, end, count = options['ray_start'], options['ray_end'], options['depth_resolution']

    def at(depths):
        points = origins[:, :, None] + depths * directions[:, :, None]
        sigma, colours = decode(parameters, planes, points.reshape(n, -1, 3), options['box_warp'])
        return sigma.reshape(n, rays, -1, 1), colours.reshape(n, rays, -1, 32)

    steps = torch.linspace(start, end, count, dtype=planes.dtype).reshape(1, 1, -1, 1)
    depths = steps + jitter.reshape(n, rays, count, 1) * ((end - start) / (count - 1))
    sigma, colours = at(depths)
    with torch.no_grad():
        _, weights = march(colours, sigma, depths)
        fine = fine_depths(depths.reshape(n * rays, -1), weights.reshape(n * rays, -1), u).reshape(n, rays, -1, 1)
    fine_sigma, fine_colours = at(fine)
    order = torch.argsort(torch.cat([depths, fine], 2), dim=2, stable=True)
    both = lambda a, b: torch.cat([a, b], 2).gather(2, order.expand(-1, -1, -1, a.shape[3]))
    picture, _ = march(both(colours, fine_colours), both(sigma, fine_sigma), both(depths, fine))
    return picture.transpose(1, 2).reshape(n, -1, resolution, resolution)


def super_resolution(parameters, feature, w, side=64, clamp=256):
    x = resize(feature, side)
    rgb = x[:, :3]
    for index in range(2):
        block = scoped(parameters, f'block{index}.')
        x = modulated_conv(scoped(block, 'conv0.'), x, w, up=index == 1, clamp=clamp)
        x = modulated_conv(scoped(block, 'conv1.'), x, w, clamp=clamp)
        rgb = fir(rgb, BINOMIAL, (2, 1), gain=4, up=2) if index == 1 else rgb
        rgb = rgb + to_rgb(scoped(block, 'torgb.'), x, w, clamp=clamp)
    return rgb


# ------------------------------------------------------------------------------------------------------------------------ discriminator


def conv_layer(parameters, x, down=False, gain=1.0, clamp=256, is_shortcut=False):
    weight = parameters['weight']
    kernel = weight.shape[2]
    weight = weight / math.sqrt(weight[0].numel())
    if down and kernel == 1:
        x = F.conv2d(fir(x, BINOMIAL, (1, 1), down=2), weight)
    elif down:
        x = F.conv2d(fir(x, BINOMIAL, (2, 2)), weight, stride=2)
    else:
        x = F.conv2d(x, weight, padding=kernel // 2)
    if is_shortcut:
        return x * gain
    x = lrelu(x + parameters['bias'][:, None, None]) * (SQRT2 * gain)
    return x.clamp(-clamp * gain, clamp * gain)


def discriminator(parameters, image, raw, c):
    """-> logits [N, 1]"""
    side = image.shape[2]
    x = torch.cat([image, resize(raw, side)], 1)
    x = conv_layer(scoped(parameters, f'b{side}.fromrgb.'), x)
    while side > 4:
        layer = lambda name: scoped(parameters, f'b{side}.{name}.')
        shortcut = conv_layer(layer('skip'), x, down=True, gain=ROOT_HALF, is_shortcut=True)
        x = shortcut + conv_layer(layer('conv1'), conv_layer(layer('conv0'), x), down=True, gain=ROOT_HALF)
        side //= 2
    n, _, h, w = x.shape
    grouped = x.reshape(min(4, n), -1, *x.shape[1:])
    deviation = ((grouped - grouped.mean(0)).square().mean(0) + 1e-8).sqrt().mean([1, 2, 3])
    x = torch.cat([x, deviation.repeat(len(grouped)).reshape(n, 1, 1, 1).expand(-1, 1, h, w)], 1)
    x = conv_layer(scoped(parameters, 'b4.conv.'), x)
    x = dense(parameters, 'b4.out', dense(parameters, 'b4.fc', x.flatten(1), activate=True))
    cmap = mapping(scoped(parameters, 'mapping.'), None, c)
    return (x * cmap).sum(1, keepdim=True) / math.sqrt(cmap.shape[1])
