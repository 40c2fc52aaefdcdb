/** The marks' pictures: the shape says what it is and how it does, the colour says it again. */
import type { Covered } from '../api/generated'
import type { Standing } from '../frame/parts'
import type { Mark } from './marks'
import { standingOf } from './marks'

export interface Palette {
  ink: string
  ground: string
  surface: string
  line: string
  primary: string
  states: Record<Standing, string>
}

const RATIO = 2 // drawn for dense screens; others see it scaled down
const SIZE = 22
const STATES: readonly Standing[] = ['met', 'active', 'soon', 'overdue', 'unknown']

/** The colours of the frame as they are now, light or dark. */
export function palette(of: Element): Palette {
  const style = getComputedStyle(of)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const states = { met: colour('met'), active: colour('primary'), soon: colour('soon'), overdue: colour('overdue'), unknown: colour('unknown') }
  return { ink: colour('ink'), ground: colour('ground'), surface: colour('surface'), line: colour('line'), primary: colour('primary'), states }
}

export const iconOf = (mark: Mark): string => (mark.state === null ? 'place' : mark.kind === 'part' ? `part-${mark.state}` : standingOf(mark.state))

type Draw = (context: CanvasRenderingContext2D) => void

const polygon = (...corners: [number, number][]): Draw => (context) => {
  context.beginPath()
  corners.forEach(([x, y], n) => (n === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
  context.closePath()
}

/** As `StateMark` writes them: ● ◆ ▲ ■ ○; a place is a house. */
const SHAPES: Record<Standing | 'place', Draw> = {
  met: (context) => { context.beginPath(); context.arc(11, 11, 7, 0, 2 * Math.PI) },
  active: polygon([11, 2.5], [19.5, 11], [11, 19.5], [2.5, 11]),
  soon: polygon([11, 3], [20, 18.5], [2, 18.5]),
  overdue: polygon([4, 4], [18, 4], [18, 18], [4, 18]),
  unknown: (context) => { context.beginPath(); context.arc(11, 11, 6, 0, 2 * Math.PI) },
  place: polygon([11, 2], [20, 9.5], [17.5, 9.5], [17.5, 19], [4.5, 19], [4.5, 9.5], [2, 9.5]),
}

/** A required part is a shield: whole with a tick, empty with a cross, empty with a question. */
const PARTS: readonly { state: Covered; standing: Standing; sign: Draw }[] = [
  { state: 'covered', standing: 'met', sign: (context) => { context.moveTo(7, 10); context.lineTo(10, 13.5); context.lineTo(15.5, 7) } },
  { state: 'uncovered', standing: 'overdue', sign: (context) => { context.moveTo(8, 7); context.lineTo(14, 13); context.moveTo(14, 7); context.lineTo(8, 13) } },
  { state: 'unknown', standing: 'unknown', sign: (context) => { context.moveTo(8.5, 8); context.quadraticCurveTo(11, 4, 13.5, 8); context.quadraticCurveTo(13, 10, 11, 11); context.moveTo(11, 13); context.lineTo(11, 14.2) } },
]
const SHIELD = polygon([3, 2.5], [19, 2.5], [19, 12], [11, 20], [3, 12])

function shield(context: CanvasRenderingContext2D, colours: Palette, standing: Standing, sign: Draw): void {
  const whole = standing === 'met'
  SHIELD(context)
  context.fillStyle = whole ? colours.states[standing] : colours.ground
  context.strokeStyle = whole ? colours.ground : colours.states[standing]
  context.lineWidth = 2
  context.fill()
  context.stroke()
  context.beginPath()
  context.strokeStyle = whole ? colours.ground : colours.states[standing]
  sign(context)
  context.stroke()
}

/** Every icon with its name, ready for `addImage`. */
export function icons(colours: Palette): { name: string; image: ImageData; pixelRatio: number }[] {
  const parts = PARTS.map(({ state, standing, sign }) => drawn(`part-${state}`, (context) => shield(context, colours, standing, sign)))
  const marks = [...STATES, 'place' as const].map((name) => drawn(name, (context) => {
    SHAPES[name](context)
    const colour = name === 'place' ? colours.ink : colours.states[name]
    const hollow = name === 'unknown'
    context.fillStyle = hollow ? colours.ground : colour
    context.strokeStyle = hollow ? colour : colours.ground
    context.lineWidth = hollow ? 2.5 : 1.5
    context.fill()
    context.stroke()
  }))
  return [...marks, ...parts]
}

function drawn(name: string, draw: Draw): { name: string; image: ImageData; pixelRatio: number } {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * RATIO
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  context.scale(RATIO, RATIO)
  context.lineJoin = 'round'
  draw(context)
  return { name, image: context.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: RATIO }
}
