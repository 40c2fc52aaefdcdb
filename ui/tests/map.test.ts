import { describe, expect, it } from 'vitest'

import type { MapOut, RequiredPartOut } from '../src/api/generated'
import { iconOf } from '../src/map/icons'
import { boundsOf, datumsOf, graticule, isPlaced, marksOf, partsOf, sectorOf, standingOf, within, type Mark } from '../src/map/marks'

const answer: MapOut = {
  places: {
    id: ['p1', 'p2'], name: ['甲', '乙'], kind_name: ['旅馆', '广场'], kind_name_en: ['Hotel', 'Square'], category: ['7.2', '7.12'], address: ['一号', '二号'],
    longitude: [116.7, null], latitude: [32.7, null], datum: ['cgcs2000', 'gcj02'], own: [true, false], floors: [0, 2],
  },
  cameras: {
    id: ['c1'], place: ['p1'], system: ['s1'], name: ['大厅'], number: ['1'], longitude: [116.8], latitude: [32.8], datum: ['cgcs2000'], direction_deg: [90], angle_deg: [60],
    range_m: [111.195], state: ['offline'], own: [true],
  },
  unsited: 0,
  whole: true,
  basemap: null,
}
const marks = marksOf(answer)
const camera = marks[2] as Mark

describe('the map', () => {
  it('tells places and cameras apart and keeps those without a position for the list', () => {
    expect(marks.map((mark) => mark.key)).toEqual(['place:p1', 'place:p2', 'camera:c1'])
    expect(marks.filter(isPlaced).map((mark) => mark.id)).toEqual(['p1', 'c1'])
    expect(datumsOf(marks)).toEqual([{ datum: 'cgcs2000', count: 2 }])
  })

  it('gives each required part a shape of its own for how it stands, and a planned one without position to the list alone', () => {
    const part: RequiredPartOut = { kind: '7.2.hotel', part: 'lobby', territory: '340421', place: 'p1', name: '甲 · 大厅', standing: 'covered', longitude: 116.7, latitude: 32.7, datum: 'gcj02' }
    const parts = partsOf([part, { ...part, part: 'passage', standing: 'uncovered' }, { ...part, place: '', standing: 'unknown', longitude: null, latitude: null }])
    expect(parts.map(iconOf)).toEqual(['part-covered', 'part-uncovered', 'part-unknown'])
    expect(new Set(parts.map((one) => one.key)).size).toBe(3)
    expect(parts.map((one) => standingOf(one.state ?? 'unknown'))).toEqual(['met', 'overdue', 'unknown'])
    expect(parts.filter(isPlaced).map((one) => one.datum)).toEqual(['gcj02', 'gcj02'])
  })

  it('finds the box round what is drawn and what lies in a box', () => {
    const box = boundsOf(marks.filter(isPlaced))
    expect(box).toEqual([116.7, 32.7, 116.8, 32.8])
    expect(marks.filter((mark) => within(mark, [116.75, 32.75, 117, 33])).map((mark) => mark.id)).toEqual(['c1'])
    expect(boundsOf([])).toBeNull()
  })

  it('draws what a camera covers in metres, clockwise from north, and nothing where a fact is missing', () => {
    const ring = sectorOf({ ...camera, direction: 0, angle: 2, lat: 0, lon: 0 }) ?? []
    expect(ring[0]).toEqual([0, 0])
    expect(ring[1]?.[1]).toBeCloseTo(0.001, 5)
    const east = sectorOf({ ...camera, angle: 2, lat: 60, lon: 0 }) ?? []
    expect(east[1]?.[0]).toBeCloseTo(0.002, 5)
    expect(sectorOf({ ...camera, range: null })).toBeNull()
  })

  it('draws at least four round meridians and names them', () => {
    const lines = graticule([116.71, 32.61, 116.79, 32.69])
    expect(lines.filter((one) => one.label.endsWith('E')).map((one) => one.label)).toEqual(['116.72°E', '116.74°E', '116.76°E', '116.78°E'])
  })
})
