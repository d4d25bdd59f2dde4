/** The part of Khronos' validator that the tests use; the package has no types. */
declare module 'gltf-validator' {
  interface Report {
    readonly issues: {
      readonly numErrors: number;
      readonly numWarnings: number;
      readonly messages: readonly { readonly code: string; readonly message: string; readonly pointer?: string }[];
    };
    readonly info: { readonly totalVertexCount: number; readonly totalTriangleCount: number };
  }
  /** @returns the report; rejects when the bytes are no glTF at all */
  export function validateBytes(data: Uint8Array): Promise<Report>;
}
