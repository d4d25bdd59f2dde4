/**
 * The object of the bundled scene: an armillary sphere, the old model of the sky made of rings, on an openwork drum.
 *
 * It is one function, `distance(x, y, z)`: how far it is to the nearest surface, negative inside (a signed distance field). Where the exact distance is costly it
 * says less, never more, so a ray that goes on by it passes through nothing, however thin (trace.mjs). `paint` says what colour that surface has.
 *
 * It was chosen for what is hard for a radiance field: wires one pixel wide, holes behind holes, bands that hide each other, and paint with sharp edges
 * (chequers, degree marks, a globe with coasts). Everything lies in the box [-0.5, 0.5]^3; y is up.
 *
 *   loop       0.49  ( )          the hole to look through
 *   meridian   0.41  upright ring with degree marks
 *   frame            tilted: axis, equator, tropics, a colure, and the broad ecliptic of twelve colours; globe, moon on its wire
 *   horizon    0.06  flat ring on four arms
 *   stem      -0.30
 *   drum      -0.35  chequered plate, lattice of two families of helices, foot with twelve slotted screws
 *             -0.50
 */

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Height of the centre of all rings. */
const CENTRE = 0.055;
/** The axis leans in the plane of the meridian, the ecliptic against the axis. */
const [AXIS_COS, AXIS_SIN] = [Math.cos(radians(38)), Math.sin(radians(38))];
const [ECLIPTIC_COS, ECLIPTIC_SIN] = [Math.cos(radians(23.44)), Math.sin(radians(23.44))];

/** Radius of the frame's rings, and what nothing of the frame exceeds but the axis' tips. */
const FRAME = 0.298;
const FRAME_BOUND = 0.352;
const TROPIC_HEIGHT = FRAME * ECLIPTIC_SIN;
const TROPIC_RADIUS = FRAME * ECLIPTIC_COS;
const GLOBE = 0.098;
const MOON_ORBIT = 0.178;

export const LOOP = { height: CENTRE + 0.391, radius: 0.038, thickness: 0.009 };

const FOOT = { radius: 0.27, bottom: -0.5, top: -0.468 };
const PLATE = { radius: 0.235, bottom: -0.375, top: -0.352 };
const LATTICE = { radius: 0.213, strands: 10, thickness: 0.008 };
const SCREWS = { count: 12, radius: 0.244, size: 0.015 };

const BRASS = [0.93, 0.75, 0.4];
const DARK_BRASS = [0.8, 0.58, 0.3];
const IVORY = [0.96, 0.92, 0.82];
const INK = [0.3, 0.28, 0.34];
const TEAL = [0.26, 0.62, 0.62];
const BLUE = [0.36, 0.5, 0.78];
const VERMILION = [0.9, 0.42, 0.3];
const WALNUT = [0.62, 0.43, 0.29];
const STEEL = [0.8, 0.82, 0.85];
const SEA = [0.3, 0.58, 0.8];
const LAND = [0.55, 0.7, 0.35];
const DESERT = [0.85, 0.7, 0.4];
const SNOW = [0.95, 0.96, 0.97];
/** The twelve signs of the ecliptic, round the circle of hues and muted like enamel. */
const ENAMEL = Array.from({ length: 12 }, (_, sign) => {
  const hue = (sign / 12) * 2 * Math.PI;
  return [0, 2.1, 4.2].map((shift) => 0.62 + 0.3 * Math.cos(hue - shift));
});

const PART = {
  loop: 0,
  meridian: 1,
  horizon: 2,
  arms: 3,
  stem: 4,
  axis: 5,
  wires: 6,
  equator: 7,
  ecliptic: 8,
  globe: 9,
  moon: 10,
  plate: 11,
  foot: 12,
  lattice: 13,
  screws: 14,
};

/** What {@link distance} found last: the distance, and the part that it is to. */
let best = 0;
let part = 0;

function nearer(candidate, candidatePart) {
  if (candidate < best) {
    best = candidate;
    part = candidatePart;
  }
}

const length2 = (a, b) => Math.sqrt(a * a + b * b);

/** Round wire bent to a circle: `radial` from its axis, `along` it. */
const wire = (radial, along, radius, thickness) => length2(radial - radius, along) - thickness;

/** The same of rectangular section. */
function band(radial, along, radius, halfWidth, halfHeight) {
  const across = Math.abs(radial - radius) - halfWidth;
  const above = Math.abs(along) - halfHeight;
  return across > 0 && above > 0 ? length2(across, above) : Math.max(across, above);
}

/** A disc between two heights with its edges rounded. */
function disc(radial, y, { radius, bottom, top }) {
  const rounding = 0.006;
  const half = (top - bottom) / 2 - rounding;
  return band(radial, y - (top + bottom) / 2, 0, radius - rounding, half) - rounding;
}

/** `angle` brought into the sector around 0 of a circle of `count`. */
function fold(angle, count) {
  const sector = (2 * Math.PI) / count;
  return angle - sector * Math.round(angle / sector);
}

/** Adds the tilted rings, their globe and the moon; (x, y, z) from the centre. */
function frameDistance(x, y, z) {
  const u = AXIS_COS * x + AXIS_SIN * y;
  const v = -AXIS_SIN * x + AXIS_COS * y;
  const radial = length2(u, z);
  nearer(length2(radial, v - Math.max(-0.345, Math.min(0.345, v))) - 0.0065, PART.axis);
  nearer(band(radial, v, FRAME, 0.006, 0.017), PART.equator);
  nearer(wire(radial, Math.abs(v) - TROPIC_HEIGHT, TROPIC_RADIUS, 0.0075), PART.wires);
  nearer(wire(length2(z, v), u, FRAME, 0.0075), PART.wires);
  nearer(Math.sqrt(u * u + v * v + z * z) - GLOBE, PART.globe);
  const above = ECLIPTIC_COS * v + ECLIPTIC_SIN * z;
  const deep = -ECLIPTIC_SIN * v + ECLIPTIC_COS * z;
  const around = length2(u, deep);
  nearer(band(around, above, FRAME + 0.008, 0.007, 0.032), PART.ecliptic);
  nearer(wire(around, above, MOON_ORBIT, 0.0055), PART.axis);
  nearer(Math.sqrt((u - 0.6 * MOON_ORBIT) ** 2 + above * above + (deep - 0.8 * MOON_ORBIT) ** 2) - 0.026, PART.moon);
}

/** Adds foot, lattice, plate, stem and screws. */
function drumDistance(x, y, z) {
  const radial = length2(x, z);
  nearer(disc(radial, y, FOOT), PART.foot);
  nearer(disc(radial, y, PLATE), PART.plate);
  nearer(length2(radial, (y + 0.326) * 0.8) - 0.036, PART.stem);
  nearer(wire(radial, y + 0.346, 0.05, 0.012), PART.arms);

  const angle = Math.atan2(z, x);
  const turn = fold(angle, SCREWS.count);
  const [outward, sideways] = [radial * Math.cos(turn) - SCREWS.radius, radial * Math.sin(turn)];
  const head = Math.sqrt(outward * outward + sideways * sideways + (y - FOOT.top) ** 2) - SCREWS.size;
  nearer(head, PART.screws);

  // Helices, rolled out flat. Inside the drum that makes them too long, hence 0.8.
  const height = PLATE.bottom - FOOT.top;
  const rise = ((y - FOOT.top) / height) * ((2 * Math.PI) / LATTICE.strands);
  const out = radial - LATTICE.radius;
  const between = Math.max(FOOT.top - y, y - PLATE.bottom);
  for (const slant of [rise, -rise]) {
    const across = fold(angle + slant, LATTICE.strands) * LATTICE.radius * Math.SQRT1_2;
    nearer(Math.max(length2(across, out) - LATTICE.thickness, between) * 0.8, PART.lattice);
  }
}

/** Signed distance to the object, or less where that is cheaper to say. */
export function distance(x, y, z) {
  best = Number.POSITIVE_INFINITY;
  const up = y - CENTRE;
  const radial = length2(x, z);
  const upright = length2(x, up);
  nearer(band(radial, up, 0.403, 0.021, 0.008), PART.horizon);
  nearer(band(upright, z, 0.348, 0.014, 0.009), PART.meridian);
  nearer(wire(length2(x, y - LOOP.height), z, LOOP.radius, LOOP.thickness), PART.loop);
  const [one, other] = [(x + z) * Math.SQRT1_2, (x - z) * Math.SQRT1_2];
  nearer(Math.max(wire(length2(one, up), other, 0.392, 0.01), up), PART.arms);
  nearer(Math.max(wire(length2(other, up), one, 0.392, 0.01), up), PART.arms);
  const fromCentre = Math.sqrt(x * x + up * up + z * z);
  if (fromCentre - FRAME_BOUND < best) frameDistance(x, up, z);
  if (Math.max(y + 0.28, radial - 0.29) < best) drumDistance(x, y, z);
  return best;
}

/** Smooth noise between -1 and 1 made of a few waves: coasts of a globe that nobody has been to. */
function landmass(u, v, w) {
  const coarse = Math.sin(23 * u + 1.3) * Math.sin(19 * v + 0.7) + Math.sin(21 * w + 2.1) * Math.sin(17 * u - 1.1);
  const fine = Math.sin(61 * u + 9 * v) * Math.sin(57 * w - 2) + Math.sin(53 * v + 4) * Math.sin(67 * w + 1);
  return 0.5 * coarse + 0.22 * fine;
}

function globeColour(x, y, z) {
  const u = AXIS_COS * x + AXIS_SIN * y;
  const v = -AXIS_SIN * x + AXIS_COS * y;
  if (Math.abs(v) > 0.9 * GLOBE) return SNOW;
  const land = landmass(u, v, z);
  if (land > 0.12) return land > 0.42 ? DESERT : LAND;
  return Math.abs(fold(Math.atan2(z, u), 12)) * length2(u, z) < 0.0025 ? SNOW : SEA;
}

/** Marks of `count` degrees round a ring: every third is long (`reach` from 0 to 1 across the ring). */
function isMark(angle, count, reach) {
  const isLong = Math.round((angle / (2 * Math.PI)) * count) % 3 === 0;
  return Math.abs(fold(angle, count)) * count < 0.9 && reach < (isLong ? 0.75 : 0.4);
}

/** Every second cell of a circle of `count`. */
const isOdd = (angle, count) => Math.floor((angle / (2 * Math.PI) + 1) * count) % 2 === 1;

function eclipticColour(x, y, z) {
  const u = AXIS_COS * x + AXIS_SIN * y;
  const v = -AXIS_SIN * x + AXIS_COS * y;
  const above = ECLIPTIC_COS * v + ECLIPTIC_SIN * z;
  const angle = Math.atan2(-ECLIPTIC_SIN * v + ECLIPTIC_COS * z, u);
  if (Math.abs(above) > 0.0255) return BRASS;
  const sign = Math.floor((angle / (2 * Math.PI) + 1) * 12) % 12;
  const within = fold(angle - Math.PI / 12, 12) * FRAME;
  if (Math.abs(within) > 0.073) return BRASS;
  // In each field a ring with a dot, in ivory.
  const fromMiddle = length2(within, above);
  return fromMiddle < 0.006 || Math.abs(fromMiddle - 0.0145) < 0.0035 ? IVORY : ENAMEL[sign];
}

function plateColour(radial, angle, y) {
  if (y < PLATE.top - 0.004) return BRASS;
  const ring = Math.floor(radial / 0.0565);
  if (ring > 3 || radial < 0.0565) return VERMILION;
  return isOdd(angle, 16) === (ring % 2 === 0) ? IVORY : TEAL;
}

function footColour(radial, angle, y) {
  if (y > FOOT.top - 0.003) return Math.abs(radial - 0.224) < 0.004 ? BRASS : WALNUT;
  if (y < FOOT.bottom + 0.003) return isOdd(angle, 12) ? WALNUT : DARK_BRASS;
  return isOdd(angle, 24) ? BRASS : DARK_BRASS;
}

function screwColour(radial, angle) {
  const turn = fold(angle, SCREWS.count);
  const slot = Math.round(angle / ((2 * Math.PI) / SCREWS.count)) * 0.9;
  const [outward, sideways] = [radial * Math.cos(turn) - SCREWS.radius, radial * Math.sin(turn)];
  return Math.abs(outward * Math.cos(slot) + sideways * Math.sin(slot)) < 0.0035 ? INK : STEEL;
}

/** @returns the colour of the surface nearest to a point: red, green and blue from 0 to 1 in bright light */
export function paint(x, y, z) {
  distance(x, y, z);
  const up = y - CENTRE;
  const radial = length2(x, z);
  const angle = Math.atan2(z, x);
  switch (part) {
    case PART.meridian: {
      const upright = length2(x, up);
      if (Math.abs(z) < 0.008) return BRASS;
      return isMark(Math.atan2(up, x), 36, (0.362 - upright) / 0.028) ? INK : IVORY;
    }
    case PART.horizon:
      if (Math.abs(up) < 0.007 || radial > 0.419) return BRASS;
      return isMark(angle, 36, (0.419 - radial) / 0.037) ? BLUE : IVORY;
    case PART.stem:
      return Math.sin(5 * angle + 150 * y) > 0 ? VERMILION : IVORY;
    case PART.wires:
    case PART.loop:
      return BRASS;
    case PART.equator: {
      const v = -AXIS_SIN * x + AXIS_COS * up;
      const around = Math.atan2(z, AXIS_COS * x + AXIS_SIN * up);
      return isOdd(around, 30) === v > 0 ? BLUE : IVORY;
    }
    case PART.ecliptic:
      return eclipticColour(x, up, z);
    case PART.globe:
      return globeColour(x, up, z);
    case PART.moon:
      return SNOW;
    case PART.plate:
      return plateColour(radial, angle, y);
    case PART.foot:
      return footColour(radial, angle, y);
    case PART.lattice:
      return TEAL;
    case PART.screws:
      return screwColour(radial, angle);
    default:
      return DARK_BRASS;
  }
}
