// One thread per element, for any number of elements: workgroups fill a grid of x * y, because one axis holds at most 65535 of them.
// The host side is `linearGrid` in gpu/dispatch-grid.ts.

const LINEAR_WORKGROUP_SIZE = 64u;

fn linearIndex(globalId: vec3u, workgroups: vec3u) -> u32 {
  return globalId.y * workgroups.x * LINEAR_WORKGROUP_SIZE + globalId.x;
}
