/** Direction and angle of a view as a sector, north up: what the three numbers mean. */
import { useTranslation } from 'react-i18next'

import { sectorPath } from '../map/sector'

const RADIUS = 80

export function ViewPlan(props: { direction: number | null | undefined; angle: number | null | undefined; range: number | null | undefined }) {
  const { t } = useTranslation()
  const { direction, angle, range } = props
  if (direction == null || angle == null) return null
  return (
    <figure className="view-plan">
      <svg viewBox="0 0 200 200" role="img" aria-label={t('siting.plan')}>
        <circle cx={100} cy={100} r={RADIUS} className="ring" />
        <path d={sectorPath(100, 100, RADIUS, direction, angle)} className="sector" />
        <circle cx={100} cy={100} r={4} />
        {range != null && <text x={100} y={196} textAnchor="middle">{range} m</text>}
      </svg>
      <figcaption className="secondary">{t('siting.plan')}</figcaption>
    </figure>
  )
}
