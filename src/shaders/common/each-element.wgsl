// One thread for each element of what a kernel makes, for any number of them: workgroups fill a grid of x * y, because one axis holds at most 65535.
// The kernel says in `element(index: u32)` what a thread does; threads beyond the last element must do nothing. On the host's side the grid is
// `linearGrid(count)` of gpu/dispatch-grid.ts, or `workgroupGrid` for workgroups of another size.

#const WORKGROUP_THREADS = 64

@compute @workgroup_size(WORKGROUP_THREADS)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  element(globalId.y * workgroups.x * WORKGROUP_THREADS + globalId.x);
}
