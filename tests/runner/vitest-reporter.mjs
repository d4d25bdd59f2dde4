/**
 * Vitest's reporter for `npm test`: results go to the runner, what tests print (the largest errors of numeric tests) to a file, nothing to the
 * terminal.
 */
import { appendFileSync } from 'node:fs';
import { report } from './report-file.mjs';

const printed = process.env.TRIFOLD_PRINTED;

export default class QuietReporter {
  onUserConsoleLog({ content }) {
    if (printed) appendFileSync(printed, content);
  }

  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    report(
      state === 'pending' ? 'skipped' : state,
      test.module.moduleId,
      test.fullName,
      errors.map(asText).join('\n\n'),
      test.diagnostic()?.duration,
    );
  }

  /** A suite whose `beforeAll` or `afterAll` throws. */
  onTestSuiteResult(suite) {
    reportErrors(suite.errors(), suite.module.moduleId, suite.fullName);
  }

  /** A file that cannot be loaded. */
  onTestModuleEnd(module) {
    reportErrors(module.errors(), module.moduleId, '(the file itself)');
  }

  onTestRunEnd(_modules, unhandledErrors) {
    reportErrors(unhandledErrors, '', '(outside of any test)');
  }
}

function reportErrors(errors, file, name) {
  if (errors.length > 0) report('failed', file, name, errors.map(asText).join('\n\n'));
}

function asText({ name, message, diff, stacks = [], stack = '' }) {
  const [place] = stacks;
  const where = place ? `at ${place.file}:${place.line}:${place.column}` : stack.split('\n').slice(1, 4).join('\n');
  const isPlain = !name || name === 'AssertionError' || name === 'Error';
  return [isPlain ? message : `${name}: ${message}`, diff, where].filter(Boolean).join('\n');
}
