/** What the map draws and the list beside it tells: the server's columns as objects, their standing, their geometry. */
import type { Covered, Datum, MapOut, MarkState, RequiredPartOut } from '../api/generated'
import type { Standing } from '../frame/parts'

export interface Mark {
  /** Of all marks; ids of places and cameras are apart. */
  key: string
  kind: 'place' | 'camera' | 'part'
  id: string
  /** Empty for a camera of another unit. */
  name: string
  /** A camera's 20-digit number, a place's address. */
  detail: string
  kind_name: string
  kind_name_en: string
  category: string
  place: string
  system: string
  lon: number | null
  lat: number | null
  datum: Datum
  state: MarkState | Covered | null
  own: boolean
  floors: number
  direction: number | null
  angle: number | null
  range: number | null
}

/** A mark that has a position. */
export interface Placed extends Mark {
  lon: number
  lat: number
}

export type Bounds = [west: number, south: number, east: number, north: number]
export type Ring = [number, number][]

const STANDING: Record<MarkState | Covered, Standing> = {
  recording: 'met', starting: 'active', offline: 'overdue', stopped: 'unknown', on_record: 'unknown', draft: 'soon', covered: 'met', uncovered: 'overdue', unknown: 'unknown',
}
const EARTH_M = 6_371_008.8 // mean radius (IUGG), as the server reckons distances
const SECTOR_STEP_DEG = 10 // a sector's edge is within half a percent of the circle
const WHOLE_DEG = 360
const radians = (degrees: number): number => (degrees * Math.PI) / 180

export const standingOf = (state: MarkState | Covered): Standing => STANDING[state] ?? 'unknown'

/** Places first, then cameras, in the server's order. */
export function marksOf(answer: MapOut): Mark[] {
  const { places, cameras } = answer
  const found: Mark[] = places.id.map((id, n) => ({
    key: `place:${id}`, kind: 'place', id, name: places.name[n] ?? '', detail: places.address[n] ?? '', kind_name: places.kind_name[n] ?? '',
    kind_name_en: places.kind_name_en[n] ?? '', category: places.category[n] ?? '', place: id, system: '', lon: places.longitude[n] ?? null,
    lat: places.latitude[n] ?? null, datum: places.datum[n] ?? 'cgcs2000', state: null, own: places.own[n] ?? false, floors: places.floors[n] ?? 0,
    direction: null, angle: null, range: null,
  }))
  cameras.id.forEach((id, n) =>
    found.push({
      key: `camera:${id}`, kind: 'camera', id, name: cameras.name[n] ?? '', detail: cameras.number[n] ?? '', kind_name: '', kind_name_en: '', category: '',
      place: cameras.place[n] ?? '', system: cameras.system[n] ?? '', lon: cameras.longitude[n] ?? null, lat: cameras.latitude[n] ?? null,
      datum: cameras.datum[n] ?? 'cgcs2000', state: cameras.state[n] ?? null, own: cameras.own[n] ?? false, floors: 0,
      direction: cameras.direction_deg[n] ?? null, angle: cameras.angle_deg[n] ?? null, range: cameras.range_m[n] ?? null,
    }),
  )
  return found
}

/** Required parts, each at its place; planned ones have no place on record yet. */
export const partsOf = (answer: readonly RequiredPartOut[]): Mark[] =>
  answer.map((one) => ({
    key: `part:${one.place}:${one.kind}:${one.part}:${one.name}`, kind: 'part', id: one.part, name: one.name, detail: '', kind_name: '', kind_name_en: '', category: one.kind,
    place: one.place, system: '', lon: one.longitude, lat: one.latitude, datum: one.datum, state: one.standing, own: false, floors: 0, direction: null, angle: null, range: null,
  }))

export const isPlaced = (mark: Mark): mark is Placed => mark.lon !== null && mark.lat !== null

/** The datums of marks with a position, the most frequent first. */
export function datumsOf(marks: readonly Mark[]): { datum: Datum; count: number }[] {
  const counts = new Map<Datum, number>()
  for (const mark of marks) if (isPlaced(mark)) counts.set(mark.datum, (counts.get(mark.datum) ?? 0) + 1)
  return [...counts].map(([datum, count]) => ({ datum, count })).sort((a, b) => b.count - a.count)
}

/** The smallest box round all of them; null round nothing. */
export function boundsOf(marks: readonly Placed[]): Bounds | null {
  if (marks.length === 0) return null
  const box: Bounds = [180, 90, -180, -90]
  for (const { lon, lat } of marks) {
    box[0] = Math.min(box[0], lon)
    box[1] = Math.min(box[1], lat)
    box[2] = Math.max(box[2], lon)
    box[3] = Math.max(box[3], lat)
  }
  return box
}

export const within = (mark: Mark, box: Bounds): boolean =>
  isPlaced(mark) && mark.lon >= box[0] && mark.lon <= box[2] && mark.lat >= box[1] && mark.lat <= box[3]

/** What a camera covers, from its position, direction, field and range; null where one of them is not on record. */
export function sectorOf(mark: Mark): Ring | null {
  const { direction, angle, range } = mark
  if (!isPlaced(mark) || direction === null || angle === null || range === null || range <= 0) return null
  const north = (range / EARTH_M) * (180 / Math.PI)
  const east = north / Math.cos(radians(mark.lat))
  const steps = Math.max(1, Math.ceil(angle / SECTOR_STEP_DEG))
  const edge: Ring = Array.from({ length: steps + 1 }, (_, n) => {
    const heading = radians(direction - angle / 2 + (angle * n) / steps)
    return [mark.lon + east * Math.sin(heading), mark.lat + north * Math.cos(heading)]
  })
  if (angle >= WHOLE_DEG) return [...edge, edge[0] ?? [mark.lon, mark.lat]]
  return [[mark.lon, mark.lat], ...edge, [mark.lon, mark.lat]]
}

const STEPS_DEG = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]
const LINES = 4 // at least so many across the view

/** Meridians and parallels through the view, as whole multiples of a round step, with what stands beside them. */
export function graticule(box: Bounds): { line: Ring; label: string; at: [number, number] }[] {
  const [west, south, east, north] = box
  const span = Math.max(east - west, 0.0001)
  const step = STEPS_DEG.find((one) => span / one >= LINES) ?? 0.001
  const digits = Math.max(0, Math.ceil(-Math.log10(step)))
  const found: { line: Ring; label: string; at: [number, number] }[] = []
  for (let n = Math.ceil(west / step); n * step <= east; n++) {
    const lon = n * step
    found.push({ line: [[lon, south], [lon, north]], label: `${Math.abs(lon).toFixed(digits)}°${lon < 0 ? 'W' : 'E'}`, at: [lon, south] })
  }
  for (let n = Math.ceil(south / step); n * step <= north; n++) {
    const lat = n * step
    found.push({ line: [[west, lat], [east, lat]], label: `${Math.abs(lat).toFixed(digits)}°${lat < 0 ? 'S' : 'N'}`, at: [west, lat] })
  }
  return found
}
