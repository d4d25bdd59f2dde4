/** What the legend over the picture says. */
export const LEGEND_STRINGS = {
  depth: 'Depth',
  depthDetail: ', distance from the camera',
  near: 'near',
  far: 'far',
  /** In scene units. */
  distance: (depth: number) => depth.toFixed(2),
  depthSpoken: (near: string, far: string) =>
    `Colours of the depth in scene units: yellow is near, ${near || 'not known yet'}; purple is far, ${far || 'not known yet'}.`,
  density: 'Density σ',
  densityDetail: ', how much matter there is',
  densitySpoken: (marks: readonly number[]) =>
    `Colours of the density: from purple where nothing is over green to yellow; marks at ${marks.join(', ')}.`,
  slice: (axis: string) => `Slice ${axis}`,
  sliceNamed: (axis: string) => `Move the slice along ${axis}`,
  normals: 'Surface directions (normals)',
  axes: 'red right, green up, blue front',
  plane: (axes: string) => `Plane ${axes}:`,
  planeColours: 'equal colours are equal features; red, green and blue are their three principal components',
  darker: 'darker',
  same: 'same',
  brighter: 'brighter',
  differenceSpoken: (percent: number) =>
    `Colours of the difference in lightness: blue where the convolutional picture is darker, white where it is the same, red where it is brighter; the ends stand for ${percent} % of the way from black to white and more.`,
  percent: (value: number) => (value === 0 ? '0' : `${value > 0 ? '+' : '−'}${Math.abs(value)} %`),
} as const;
