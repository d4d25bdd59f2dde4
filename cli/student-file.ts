/** Reads a convolutional student's file, and tells whether it belongs to the generator that it is used with. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Checkpoint, matchTeacher, readStudentConfig, type StudentConfig, type TeacherMatch } from '../src/index';
import { openModelFile } from './checkpoint-file';
import { say } from './standard-error';

export interface StudentFile {
  readonly checkpoint: Checkpoint;
  readonly config: StudentConfig;
  /** Whether the generator's file is the one that the student was distilled from; 'unknown' if the student names none. */
  readonly teacherMatch: TeacherMatch;
}

/**
 * Reads a student. That its teacher is another file, or not known, is said on stderr and is no error: the same generator may have been
 * saved twice.
 * @param generatorPath the file whose pictures it is to make
 * @throws UsageError when there is no such file; ModelConfigError when it holds no student
 */
export async function readStudentFile(path: string, generatorPath: string): Promise<StudentFile> {
  const file = await openModelFile(path);
  const config = readStudentConfig(file);
  const { teacherSha256 } = config;
  if (teacherSha256 === undefined) {
    say(`"${path}" does not name the generator that it was distilled from.`);
    return { checkpoint: await file.read(), config, teacherMatch: 'unknown' };
  }
  const actual = await sha256OfFile(generatorPath);
  const teacherMatch = matchTeacher(config, actual);
  if (teacherMatch === 'mismatch') {
    say(
      `warning: "${path}" was distilled from another file than "${generatorPath}": their pictures may have little in common.\n` +
        `  SHA-256 of its teacher ${teacherSha256}, of this file ${actual}`,
    );
  }
  return { checkpoint: await file.read(), config, teacherMatch };
}

/** Lower-case hexadecimal; the file is read piece by piece, since generators of hundreds of megabytes are common. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
