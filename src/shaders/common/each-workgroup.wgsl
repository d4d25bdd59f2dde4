// One workgroup for each piece of what a kernel makes, for any number of them: workgroups fill a grid of x * y, because one axis holds at most 65535.
// The kernel says in `piece(index: u32, thread: u32)` what each of its threads does; those beyond the last piece must do nothing. On the host's side
// the grid is `workgroupGrid(count)` of gpu/dispatch-grid.ts.

#const WORKGROUP_THREADS = 64

@compute @workgroup_size(WORKGROUP_THREADS)
fn main(
  @builtin(workgroup_id) workgroupId: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  piece(workgroupId.y * workgroups.x + workgroupId.x, thread);
}
