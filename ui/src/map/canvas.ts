/** The map itself: marks in clusters over a graticule. Nothing is fetched: no tiles, no glyphs, no sprite. */
import 'maplibre-gl/dist/maplibre-gl.css'

import type * as GeoJSON from 'geojson'
import { getReadMapTileUrl, type BasemapOut } from '../api/generated'
import { GeoJSONSource, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

import { iconOf, icons, type Palette } from './icons'
import { boundsOf, graticule, sectorOf, type Bounds, type Placed } from './marks'
import { FRUGAL, pace } from './pace'

setWorkerUrl(workerUrl)

const PART_ABOVE_PX = -22 // a part stands at its place: above the house, whose name is below
const TILE_PX = 256
const NIGHT = 0.5 // a white map would light up a duty room
const tiles = (): string => getReadMapTileUrl(1, 2, 3).replace(/1\/2\/3$/, '{z}/{x}/{y}') // the map fills in zoom, column and row
const CLUSTER_PX = 56
const CLUSTER_ZOOM = 15 // a street block; nearer, each mark stands for itself
const SECTOR_ZOOM = 15.5 // a field of view of 30 m is some 10 px wide
const NAME_ZOOM = 14
const MOST_ZOOM = 21
const FIT_ZOOM = 16 // one place alone is shown with what lies round it
const FIT_PADDING_PX = 48
const FONT = ['sans-serif'] // without a glyphs address the fonts of this machine are used
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const CHINA: Bounds = [73, 18, 135, 54] // shown while there is nothing to show

export interface Words {
  title: string
  zoomIn: string
  zoomOut: string
}

export interface Drawn {
  show: (marks: readonly Placed[], fit: boolean) => void
  select: (mark: Placed | null) => void
  bounds: () => Bounds
  /** The operator's own map below all; null takes it away. */
  below: (basemap: BasemapOut | null) => void
  /** While on, dragging draws a box instead of moving the map. */
  box: (on: boolean) => void
  remove: () => void
}

interface Options {
  container: HTMLElement
  colours: Palette
  dark: boolean
  words: Words
  /** The marks under a click: more than one where they stand on one another. */
  onPick: (keys: string[]) => void
  onBox: (box: Bounds) => void
}

function style(colours: Palette): StyleSpecification {
  const halo = { 'text-color': colours.ink, 'text-halo-color': colours.ground, 'text-halo-width': 1.5 }
  const clustered = ['has', 'point_count'] as ['has', string]
  return {
    version: 8,
    sources: {
      graticule: { type: 'geojson', data: EMPTY },
      sectors: { type: 'geojson', data: EMPTY },
      marks: {
        type: 'geojson', data: EMPTY, cluster: true, clusterRadius: CLUSTER_PX, clusterMaxZoom: CLUSTER_ZOOM,
        clusterProperties: { overdue: ['+', ['case', ['in', ['get', 'icon'], ['literal', ['overdue', 'part-uncovered']]], 1, 0]] },
      },
      selected: { type: 'geojson', data: EMPTY },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colours.surface } },
      { id: 'lines', type: 'line', source: 'graticule', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colours.line, 'line-width': 1 } },
      {
        id: 'degrees', type: 'symbol', source: 'graticule', filter: ['==', ['geometry-type'], 'Point'],
        layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 11, 'text-anchor': 'bottom-left', 'text-offset': [0.3, -0.2], 'text-allow-overlap': true },
        paint: { ...halo, 'text-color': colours.states.unknown },
      },
      { id: 'sectors', type: 'fill', source: 'sectors', minzoom: SECTOR_ZOOM, paint: { 'fill-color': colours.primary, 'fill-opacity': 0.18, 'fill-outline-color': colours.primary } },
      {
        id: 'clusters', type: 'circle', source: 'marks', filter: clustered,
        paint: {
          'circle-color': colours.ground, 'circle-radius': ['step', ['get', 'point_count'], 14, 100, 18, 1000, 22], 'circle-stroke-width': 3,
          'circle-stroke-color': ['case', ['>', ['get', 'overdue'], 0], colours.states.overdue, colours.primary],
        },
      },
      {
        id: 'counts', type: 'symbol', source: 'marks', filter: clustered,
        layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true },
        paint: { 'text-color': colours.ink },
      },
      {
        id: 'selected', type: 'circle', source: 'selected',
        paint: { 'circle-radius': 16, 'circle-color': colours.primary, 'circle-opacity': 0.25, 'circle-stroke-color': colours.primary, 'circle-stroke-width': 2 },
      },
      {
        id: 'marks', type: 'symbol', source: 'marks', filter: ['!', clustered],
        layout: {
          'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
          'icon-offset': ['case', ['==', ['slice', ['get', 'icon'], 0, 5], 'part-'], ['literal', [0, PART_ABOVE_PX]], ['literal', [0, 0]]],
          'symbol-sort-key': ['match', ['get', 'icon'], 'place', 0, 'part-covered', 1, 'part-unknown', 2, 3],
        },
      },
      {
        id: 'names', type: 'symbol', source: 'marks', minzoom: NAME_ZOOM, filter: ['all', ['!', clustered], ['!=', ['get', 'name'], '']],
        layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-optional': true },
        paint: halo,
      },
    ],
  }
}

const point = (lon: number, lat: number, properties: Record<string, string>): GeoJSON.Feature => ({
  type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] },
})

/** Raises an Error where the browser can draw no map (no WebGL 2). */
export function draw(options: Options): Drawn {
  const { colours, container, words } = options
  const map = new MapLibre({
    container,
    style: style(colours),
    bounds: CHINA,
    maxZoom: MOST_ZOOM,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    ...FRUGAL,
    locale: { 'Map.Title': words.title, 'NavigationControl.ZoomIn': words.zoomIn, 'NavigationControl.ZoomOut': words.zoomOut },
  })
  pace(map)
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-right')
  for (const { name, image, pixelRatio } of icons(colours)) map.addImage(name, image, { pixelRatio })

  let alive = true
  const ready = map.loaded() ? Promise.resolve() : new Promise<void>((resolve) => void map.once('load', () => resolve()))
  const set = (source: string, features: GeoJSON.Feature[]): void =>
    void ready.then(() => {
      if (alive) void map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features })
    })
  const bounds = (): Bounds => {
    const box = map.getBounds()
    return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()]
  }
  const lines = (): void =>
    set('graticule', graticule(bounds()).flatMap(({ line, label, at }): GeoJSON.Feature[] => [
      { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } },
      point(...at, { label }),
    ]))
  map.on('movestart', () => { container.dataset['still'] = 'no' })
  map.on('idle', () => { container.dataset['still'] = 'yes' })
  map.on('moveend', lines)
  lines()

  map.on('click', (event) => {
    const found = map.queryRenderedFeatures(event.point, { layers: ['marks', 'clusters'] })
    const cluster = found.find((one) => one.properties['point_count'] !== undefined)
    if (cluster === undefined) {
      const keys = [...new Set(found.map((one) => String(one.properties['key'])))]
      if (keys.length > 0) options.onPick(keys)
      return
    }
    const source = map.getSource<GeoJSONSource>('marks')
    const [lon = 0, lat = 0] = (cluster.geometry as GeoJSON.Point).coordinates
    void source?.getClusterExpansionZoom(Number(cluster.properties['cluster_id'])).then((zoom) => map.easeTo({ center: [lon, lat], zoom: zoom + 0.5 }))
  })
  for (const layer of ['marks', 'clusters']) {
    map.on('mouseenter', layer, () => { map.getCanvas().style.cursor = 'pointer' })
    map.on('mouseleave', layer, () => { map.getCanvas().style.cursor = '' })
  }

  const boxes = boxing(map, options.onBox)
  return {
    show(marks, fit) {
      set('marks', marks.map((mark) => point(mark.lon, mark.lat, { key: mark.key, icon: iconOf(mark), name: mark.kind === 'part' ? '' : mark.name })))
      set('sectors', marks.flatMap((mark): GeoJSON.Feature[] => {
        const ring = sectorOf(mark)
        return ring === null ? [] : [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }]
      }))
      const box = boundsOf(marks)
      if (fit && box !== null) map.fitBounds(box, { padding: FIT_PADDING_PX, maxZoom: FIT_ZOOM, animate: false })
    },
    select(mark) {
      set('selected', mark === null ? [] : [point(mark.lon, mark.lat, {})])
      if (mark !== null) map.easeTo({ center: [mark.lon, mark.lat], zoom: Math.max(map.getZoom(), FIT_ZOOM) })
    },
    bounds,
    below(basemap) {
      void ready.then(() => {
        if (!alive) return
        if (map.getLayer('basemap') !== undefined) map.removeLayer('basemap').removeSource('basemap')
        if (basemap === null) return
        const { min_zoom: minzoom, max_zoom: maxzoom } = basemap
        map.addSource('basemap', { type: 'raster', tiles: [location.origin + tiles()], tileSize: TILE_PX, minzoom, maxzoom })
        map.addLayer({ id: 'basemap', type: 'raster', source: 'basemap', paint: { 'raster-fade-duration': 0, 'raster-brightness-max': options.dark ? NIGHT : 1 } }, 'lines')
      })
    },
    box: boxes,
    remove() {
      alive = false
      map.remove()
    },
  }
}

/** Drawing a box with the pointer. */
function boxing(map: MapLibre, onBox: (box: Bounds) => void): (on: boolean) => void {
  const canvas = map.getCanvasContainer()
  const rect = document.createElement('div')
  rect.className = 'map-box'
  let from: { x: number; y: number } | null = null
  const here = (event: PointerEvent): { x: number; y: number } => {
    const frame = canvas.getBoundingClientRect()
    return { x: event.clientX - frame.left, y: event.clientY - frame.top }
  }
  const down = (event: PointerEvent): void => {
    from = here(event)
    canvas.setPointerCapture(event.pointerId)
    canvas.append(rect)
    move(event)
  }
  const move = (event: PointerEvent): void => {
    if (from === null) return
    const to = here(event)
    Object.assign(rect.style, {
      left: `${Math.min(from.x, to.x)}px`, top: `${Math.min(from.y, to.y)}px`, width: `${Math.abs(to.x - from.x)}px`, height: `${Math.abs(to.y - from.y)}px`,
    })
  }
  const up = (event: PointerEvent): void => {
    if (from === null) return
    const to = here(event)
    const southWest = map.unproject([Math.min(from.x, to.x), Math.max(from.y, to.y)])
    const northEast = map.unproject([Math.max(from.x, to.x), Math.min(from.y, to.y)])
    from = null
    rect.remove()
    onBox([southWest.lng, southWest.lat, northEast.lng, northEast.lat])
  }
  return (on) => {
    const act = on ? 'addEventListener' : 'removeEventListener'
    canvas[act]('pointerdown', down as EventListener)
    canvas[act]('pointermove', move as EventListener)
    canvas[act]('pointerup', up as EventListener)
    if (on) map.dragPan.disable()
    else map.dragPan.enable()
    map.getCanvas().classList.toggle('map-boxing', on)
  }
}
