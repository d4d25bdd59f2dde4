/** Sizes of dispatch grids. The shader side of `linearGrid` is shaders/common/linear-index.wgsl. */

const LINEAR_WORKGROUP_SIZE = 64;
const MAX_WORKGROUPS_PER_AXIS = 65535;

/** Workgroups that give at least `count` threads of a kernel with `linearIndex`. */
export function linearGrid(count: number): [number, number] {
  return workgroupGrid(Math.ceil(count / LINEAR_WORKGROUP_SIZE));
}

/** At least `count` workgroups, for a kernel that numbers them by y * columns + x. */
export function workgroupGrid(count: number): [number, number] {
  const rows = Math.ceil(count / MAX_WORKGROUPS_PER_AXIS);
  return [Math.ceil(count / rows), rows];
}
