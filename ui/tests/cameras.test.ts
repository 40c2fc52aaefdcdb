/** What the form of a camera sends: only what differs, so that a test uses the stored password where none was typed. */
import { describe, expect, it } from 'vitest'

import { Refusal } from '../src/api/client'
import type { CameraRecord } from '../src/api/generated'
import { changes } from '../src/cameras/add'
import { fingerprint, shownCertificate } from '../src/cameras/certificate'

const PIN = 'ab'.repeat(32)
const camera = {
  name: '门口', place: '一楼', url: 'rtsps://192.0.2.7/x', sub_url: '', user: 'viewer', transport: 'tcp', engine: 'native', audio_basis: '',
  expected_bitrate_bps: 4_000_000, redirect_hosts: ['192.0.2.8', 'nvr-2'], tls_sha256: PIN,
} as unknown as CameraRecord
const words = { ...camera, expected_mbps: 4 }

describe('changes of a record', () => {
  it('are none where nothing was changed, the password least of all', () => {
    expect(changes(camera, words)).toEqual({})
    expect(changes(camera, { ...words, password: '' })).toEqual({})
    expect(changes(camera, { ...words, redirect_hosts: ['nvr-2', '192.0.2.8'] })).toEqual({})
  })

  it('name the certificate, the hosts and the password that were entered', () => {
    const other = 'cd'.repeat(32)
    expect(changes(camera, { ...words, tls_sha256: other, redirect_hosts: [], password: 'x' })).toEqual({ tls_sha256: other, redirect_hosts: [], password: 'x' })
  })

  it('clear the certificate together with its field, which only an rtsps address has', () => {
    const { tls_sha256: _, ...plain } = words
    expect(changes(camera, { ...plain, url: 'rtsp://192.0.2.7/x' })).toEqual({ url: 'rtsp://192.0.2.7/x', tls_sha256: '' })
  })
})

describe('a certificate that nobody vouches for', () => {
  it('comes with the refusal and is shown as cameras show it', () => {
    const certificate = { subject: 'CN=cam', issuer: 'CN=cam', not_before_ms: 0, not_after_ms: null, sha256: PIN }
    expect(shownCertificate(new Refusal(502, { code: 'net.tls-untrusted', text: '…', certificate }))).toEqual(certificate)
    expect(shownCertificate(new Refusal(502, { code: 'net.refused', text: '…' }))).toBeNull()
    expect(shownCertificate(new Error('x'))).toBeNull()
    expect(fingerprint('0a1b')).toBe('0A:1B')
  })
})
