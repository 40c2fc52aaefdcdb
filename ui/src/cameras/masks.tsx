/** Areas on the reference picture that the camera has to mask: corners are clicked, or stepped with the keyboard. */
import { Button } from 'antd'
import { useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { MaskOut } from '../api/generated'

type Corner = [number, number]
const STEP = 0.02
const LEAST_CORNERS = 3

const points = (corners: readonly (readonly number[])[]): string => corners.map(([x = 0, y = 0]) => `${x * 100},${y * 100}`).join(' ')
const inside = (value: number): number => Math.min(1, Math.max(0, value))

export function MaskEditor(props: { picture: string; masks: readonly MaskOut[]; onSave: (masks: { corners: number[][]; name: string }[]) => void }) {
  const { t } = useTranslation()
  const [closed, setClosed] = useState<Corner[][]>(props.masks.map((mask) => mask.corners.map(([x, y]) => [Number(x), Number(y)] as Corner)))
  const [drawn, setDrawn] = useState<Corner[]>([])
  const [at, setAt] = useState<Corner>([0.5, 0.5])
  const click = (event: MouseEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    setDrawn([...drawn, [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)]])
  }
  const key = (event: KeyboardEvent<SVGSVGElement>): void => {
    const moves: Record<string, Corner> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }
    const move = moves[event.key]
    if (move !== undefined) setAt([inside(at[0] + move[0]), inside(at[1] + move[1])])
    else if (event.key === 'Enter' || event.key === ' ') setDrawn([...drawn, at])
    else return
    event.preventDefault()
  }
  return (
    <div>
      <p>{t('siting.masks')}</p>
      <div className="mask-editor">
        <img src={props.picture} alt={t('siting.picture')} />
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="application" aria-label={t('siting.masks')} tabIndex={0} onClick={click} onKeyDown={key}>
          {closed.map((corners) => <polygon key={points(corners)} points={points(corners)} />)}
          {drawn.length > 0 && <polyline points={points(drawn)} />}
          <circle cx={at[0] * 100} cy={at[1] * 100} r={1} />
        </svg>
      </div>
      <div className="row spaced">
        <Button
          disabled={drawn.length < LEAST_CORNERS}
          onClick={() => {
            setClosed([...closed, drawn])
            setDrawn([])
          }}
        >
          {t('siting.maskAdd')}
        </Button>
        <Button
          onClick={() => {
            setClosed([])
            setDrawn([])
          }}
        >
          {t('siting.maskClear')}
        </Button>
        <Button type="primary" disabled={closed.length === 0} onClick={() => props.onSave(closed.map((corners) => ({ corners, name: '' })))}>{t('siting.maskSave')}</Button>
      </div>
    </div>
  )
}
