/** What the server says and takes. Times are UTC milliseconds, rates bits per second, sizes bytes. */

export type Role = 'administrator' | 'unit_manager' | 'duty' | 'approver' | 'officer' | 'auditor'

export interface Session {
  person: { id: string; name: string; display_name: string; roles: Role[] }
  unit: { id: string; name: string }
  banner: null | { kind: 'throw-away' }
  version: string
  server_ms: number
}

export interface Person {
  id: string
  name: string
  display_name: string
  roles: Role[]
  disabled: boolean
  enrolled: boolean
}

export interface Enrolment {
  person: Person
  code: string
  valid_until_ms: number
}

export type CameraState = 'recording' | 'offline' | 'starting' | 'stopped'

export interface Camera {
  id: string
  name: string
  place: string
  state: CameraState
  cause: string | null
  since_ms: number | null
  codec: string | null
  width: number | null
  height: number | null
  fps: number | null
  bitrate_bps: number | null
  gop_s: number | null
  has_sub: boolean
  lag_ms: number | null
  days_held: number | null
  recorded_until_ms: number | null
  clock_offset_ms: number | null
}

export interface CameraRecord extends Camera {
  url: string
  sub_url: string
  user: string
  transport: string
  engine: string
  audio_basis: string
  expected_bitrate_bps: number
}

export interface NewCamera {
  name: string
  place: string
  url: string
  sub_url?: string
  user?: string
  password?: string
  transport: 'tcp' | 'udp'
  engine: 'native' | 'av'
  audio_basis?: string
  expected_bitrate_bps?: number
}

export interface Measured {
  codec: string
  width: number
  height: number
  fps: number
  bitrate_bps: number
  gop_s: number
  audio: string | null
}

export type Span = [start_ms: number, end_ms: number]
export type GapSpan = [start_ms: number, end_ms: number, cause: string]

export interface TimelineDay {
  day: string
  runs: Span[]
  gaps: GapSpan[]
}

export interface Volume {
  id: string
  kind: string
  path_name: string
  total_bytes: number
  free_bytes: number
  floor_s: number
  ceiling_s: number
}

export interface StorageReport {
  volumes: Volume[]
  forecast: Record<string, number | string | boolean | null>
  cameras: { id: string; bytes_per_day: number; days_held: number; forecast_days: number | null }[]
}

export interface Watermark {
  person: string
  unit: string
  entry: number | string
}

export interface View {
  grant: string
  entry: number
  valid_until_ms: number
  watermark: Watermark
  cameras: string[]
}

export interface ViewRequest {
  act: 'live' | 'playback'
  cameras: string[]
  start_ms?: number
  end_ms?: number
  purpose?: string
}

export interface RegisterEntry {
  index: number
  at_ms: number
  kind: string
  person: string
  unit: string
  purpose: string | null
  destination: string | null
  cameras: string[]
  periods: Span[]
  closed: boolean
  seconds: number | null
}

export interface RequestStep {
  step: string
  label: string
  label_en: string
  allowed: boolean
  reason: string | null
  reason_en: string | null
  article: string | null
}

export type ExportState = 'queued' | 'building' | 'waiting-checkpoint' | 'done' | 'failed' | 'cancelled'

export interface ExportJob {
  id: string
  request: string
  state: ExportState
  done_bytes: number
  total_bytes: number
  eta_s: number | null
  outcome: string | null
  missing_s: number | null
  sha256: string | null
  error: string | null
}

export interface HistoryLine {
  index: number
  at_ms: number
  step: string
  person: string
  comment: string | null
}

export interface AccessRequest {
  id: string
  number: string
  state: string
  kind: 'copy'
  cameras: string[]
  start_ms: number
  end_ms: number
  purpose: string
  destination: string
  legal_basis: string
  organ: string
  requester: string
  requester_id: string
  submitted_ms: number
  approver: string | null
  decision: string
  approved_until_ms: number | null
  officers: string[]
  presence: { person: string; at_ms: number }[]
  steps: RequestStep[]
  history: HistoryLine[]
  export: ExportJob | null
}

export interface LedgerEntry {
  index: number
  at_ms: number
  kind: string
  actor: string
  unit: string
  node: string
  subject: string
  facts: Record<string, unknown>
}

export interface Checkpoint {
  note: string
  size: number
  root: string
  witnesses: string[]
}
