/** Puts a camera on a floor plan: a press places it, dragging away from it turns it; the arrow keys do the same. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadAttachmentUrl, type FloorPlanOut, type PlaceCameraOut } from '../api/generated'
import { MARK_SHARE, REACH_SHARE } from '../map/floor'
import { heading, sectorPath } from '../map/sector'

const STEP = 0.01 // of the plan's width or height with each key
const TURN_DEG = 5
const DRAGGED_SHARE = 0.03 // a shorter way is the tremor of a press

export interface Standing {
  x: number
  y: number
  direction_deg?: number
}

interface Props {
  floor: FloorPlanOut
  x: number | null
  y: number | null
  direction: number | null
  angle: number | null
  others: readonly PlaceCameraOut[]
  onChange: (standing: Standing) => void
}

const inside = (share: number): number => Math.min(1, Math.max(0, Math.round(share * 10_000) / 10_000))

export function PlanMark(props: Props) {
  const { t } = useTranslation()
  const { floor, direction, onChange } = props
  const [pressed, setPressed] = useState(false)
  const { width_px: width, height_px: height } = floor
  const longer = Math.max(width, height)
  const standing = props.x !== null && props.y !== null ? { x: props.x, y: props.y } : null
  const pointAt = (event: PointerEvent<SVGSVGElement>): { x: number; y: number } => {
    const matrix = event.currentTarget.getScreenCTM()
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix === null ? undefined : matrix.inverse())
  }
  const press = (event: PointerEvent<SVGSVGElement>): void => {
    const { x, y } = pointAt(event)
    event.currentTarget.setPointerCapture(event.pointerId)
    setPressed(true)
    onChange({ x: inside(x / width), y: inside(y / height) })
  }
  const drag = (event: PointerEvent<SVGSVGElement>): void => {
    if (!pressed || standing === null) return
    const { x, y } = pointAt(event)
    const [dx, dy] = [x - standing.x * width, y - standing.y * height]
    if (Math.hypot(dx, dy) > longer * DRAGGED_SHARE) onChange({ ...standing, direction_deg: heading(dx, dy) })
  }
  const key = (event: KeyboardEvent<SVGSVGElement>): void => {
    const moves: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    const from = standing ?? { x: 0.5, y: 0.5 }
    if (standing === null) onChange(from)
    else if (event.shiftKey) onChange({ ...from, direction_deg: ((direction ?? 0) + (move[0] - move[1]) * TURN_DEG + 360) % 360 })
    else onChange({ x: inside(from.x + move[0] * STEP), y: inside(from.y + move[1] * STEP) })
  }
  const [x, y] = [(standing?.x ?? 0) * width, (standing?.y ?? 0) * height]
  return (
    <figure className="floor">
      <figcaption className="secondary" id="plan-hint">{t('siting.planHint')}</figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="application"
        aria-label={t('siting.onPlan', { name: floor.name })}
        aria-describedby="plan-hint"
        tabIndex={0}
        className="floor-draw"
        onPointerDown={press}
        onPointerMove={drag}
        onPointerUp={() => setPressed(false)}
        onPointerCancel={() => setPressed(false)}
        onKeyDown={key}
      >
        <rect width={width} height={height} className="floor-ground" />
        <image href={getReadAttachmentUrl(floor.attachment)} width={width} height={height} />
        {props.others.map((other) => other.x !== null && other.y !== null && (
          <circle key={other.id} className="floor-other" cx={other.x * width} cy={other.y * height} r={longer * MARK_SHARE * 0.7} />
        ))}
        {standing !== null && (
          <>
            {direction !== null && <path className="floor-sector" d={sectorPath(x, y, longer * REACH_SHARE, direction, props.angle ?? 0)} />}
            <circle className="floor-mark" cx={x} cy={y} r={longer * MARK_SHARE} />
          </>
        )}
      </svg>
    </figure>
  )
}
