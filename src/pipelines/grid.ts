/** Sizes of dispatch grids. The shader side of `linearGrid` is shaders/common/linear-index.wgsl. */

const LINEAR_WORKGROUP_SIZE = 64;
const MAX_WORKGROUPS_PER_AXIS = 65535;

/** Workgroups that give at least `count` threads of a kernel with `linearIndex`. */
export function linearGrid(count: number): [number, number] {
  const workgroups = Math.ceil(count / LINEAR_WORKGROUP_SIZE);
  const rows = Math.ceil(workgroups / MAX_WORKGROUPS_PER_AXIS);
  return [Math.ceil(workgroups / rows), rows];
}
