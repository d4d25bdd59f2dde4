/** What `trifold info` tells of a convolutional student. */
import { type StudentConfig, studentNumWs, type TrainedViews } from '../src/index';

/** The beginnings of the names of a student's tensors. */
export const STUDENT_NETWORKS = ['mapping.', 'synthesis.', 'superresolution.'];

/** Rows of name and value. */
export function describeStudent(config: StudentConfig): [string, string][] {
  const { mapping, features, neuralResolution, superResolution, imageResolution, teacherSha256, trainedViews } = config;
  const { imageChannels } = features.synthesis;
  const channels = superResolution.blocks.map((block) => block.channels).join(', ');
  return [
    [
      'mapping',
      `w ${mapping.wDim}, camera ${mapping.cDim}, w' ${mapping.wDim} x ${studentNumWs(features)}, ${mapping.layers} layers`,
    ],
    ['feature network', `${architectureOf(config)}, ${neuralResolution} x ${neuralResolution} x ${imageChannels}`],
    ['super-resolution', `${superResolution.inputResolution} to ${imageResolution}, channels ${channels}`],
    ['teacher', teacherSha256 ? `SHA-256 ${teacherSha256}` : 'not named in the file'],
    ['trained views', trainedViews ? describeViews(trainedViews) : 'not named in the file'],
  ];
}

function architectureOf({ features }: StudentConfig): string {
  if (features.kind === 'stylegan2') return 'StyleGAN2';
  const { layers, convKernel } = features.synthesis;
  return `StyleGAN3, ${layers} layers with kernels of ${convKernel} x ${convKernel}`;
}

function describeViews({ yaw, pitch, radius }: TrainedViews): string {
  const range = ([low, high]: readonly [number, number]) => (low === high ? `${low}` : `${low} to ${high}`);
  return `yaw ${yaw ? `${range(yaw)} degrees` : 'all round'}, pitch ${range(pitch)} degrees, radius ${range(radius)}`;
}
