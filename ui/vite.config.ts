/// <reference types="vitest/config" />
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const OUT = join(import.meta.dirname, '../src/mingjian/webui')
const PACKED = /\.(js|css|html|svg|json)$/
const WORTH_PACKING_BYTES = 1024 // below one packet a second file costs more than it saves

/** Writes `name.gz` beside each text file, because the server does not compress while it serves. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
        const path = join(OUT, entry)
        if (!PACKED.test(entry) || statSync(path).size < WORTH_PACKING_BYTES) continue
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
      }
    },
  }
}

const target = process.env['MINGJIAN_SERVER'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: ['chrome109', 'firefox115', 'safari16.4'],
    chunkSizeWarningLimit: 1600,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': { target, ws: true }, '/tlog': { target } } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
