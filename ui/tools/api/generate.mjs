/**
 * Writes `src/api/generated.ts` below a `ui` folder (by default the real one) from its `openapi.json`.
 *
 * It has a package of its own because building a wheel must not install the generator.
 */
import { join, resolve } from 'node:path'

import { generate } from 'orval'

const here = join(import.meta.dirname, '../..')
const ui = resolve(process.argv[2] ?? here)

await generate(
  {
    input: { target: join(ui, 'openapi.json') },
    output: {
      target: join(ui, 'src/api/generated.ts'),
      packageJson: join(here, 'package.json'), // the language's version decides what is written
      mode: 'single',
      client: 'react-query',
      httpClient: 'fetch',
      urlEncodeParameters: true,
      override: {
        mutator: { path: join(ui, 'src/api/client.ts'), name: 'ask' },
        enumGenerationType: 'union',
        // a question has no options of its own, and its answer is the body: what else is told, `ask` deals with
        requestOptions: false,
        fetch: { includeHttpResponseReturnType: false },
        // split keys: who invalidates a list invalidates each of its objects
        query: { version: 5, shouldSplitQueryKey: true, signal: false },
      },
    },
  },
  ui,
)
