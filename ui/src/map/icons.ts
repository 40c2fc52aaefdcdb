/** The marks' pictures: the shape says what it is and how it does, the colour says it again. */
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

export const iconOf = (mark: Mark): string => (mark.state === null ? 'place' : standingOf(mark.state))

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

/** Every icon with its name, ready for `addImage`. */
export function icons(colours: Palette): { name: string; image: ImageData; pixelRatio: number }[] {
  return [...STATES, 'place' as const].map((name) => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = SIZE * RATIO
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    context.scale(RATIO, RATIO)
    context.lineJoin = 'round'
    SHAPES[name](context)
    const colour = name === 'place' ? colours.ink : colours.states[name]
    const hollow = name === 'unknown'
    context.fillStyle = hollow ? colours.ground : colour
    context.strokeStyle = hollow ? colour : colours.ground
    context.lineWidth = hollow ? 2.5 : 1.5
    context.fill()
    context.stroke()
    return { name, image: context.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: RATIO }
  })
}
