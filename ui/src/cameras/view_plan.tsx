/** Direction and angle of a view as a sector, north up: what the three numbers mean. */
import { useTranslation } from 'react-i18next'

const RADIUS = 80

function corner(degrees: number): string {
  const turn = (degrees * Math.PI) / 180
  return `${100 + RADIUS * Math.sin(turn)},${100 - RADIUS * Math.cos(turn)}`
}

export function ViewPlan(props: { direction: number | null | undefined; angle: number | null | undefined; range: number | null | undefined }) {
  const { t } = useTranslation()
  const { direction, angle, range } = props
  if (direction == null || angle == null) return null
  const half = Math.min(angle, 359.9) / 2
  const path = `M 100,100 L ${corner(direction - half)} A ${RADIUS} ${RADIUS} 0 ${angle > 180 ? 1 : 0} 1 ${corner(direction + half)} Z`
  return (
    <figure className="view-plan">
      <svg viewBox="0 0 200 200" role="img" aria-label={t('siting.plan')}>
        <circle cx={100} cy={100} r={RADIUS} className="ring" />
        <path d={path} className="sector" />
        <circle cx={100} cy={100} r={4} />
        {range != null && <text x={100} y={196} textAnchor="middle">{range} m</text>}
      </svg>
      <figcaption className="secondary">{t('siting.plan')}</figcaption>
    </figure>
  )
}
