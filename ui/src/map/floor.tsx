/** A floor plan with the cameras on it: where they stand and where they look. The list below says the same. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadAttachmentUrl, type FloorPlanOut, type PlaceCameraOut } from '../api/generated'
import './floor.css'
import { sectorPath } from './sector'

export const MARK_SHARE = 0.022 // of the longer side: a mark is seen and hides no room
export const REACH_SHARE = 0.09 // a plan has no scale on record: the sector tells direction and field, not range

type Shown = PlaceCameraOut & { x: number; y: number }

export function FloorPlan(props: { floor: FloorPlanOut; cameras: readonly PlaceCameraOut[] }) {
  const { t } = useTranslation()
  const { floor } = props
  const [broken, setBroken] = useState(false)
  const { width_px: width, height_px: height } = floor
  const longer = Math.max(width, height)
  const shown = props.cameras.filter((camera): camera is Shown => camera.x !== null && camera.y !== null)
  const label = t('map.onFloor', { name: floor.name, count: shown.length })
  return (
    <figure className="floor">
      <figcaption>{label}</figcaption>
      {broken && <p className="secondary">{t('map.noPlan')}</p>}
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        <rect width={width} height={height} className="floor-ground" />
        {!broken && <image href={getReadAttachmentUrl(floor.attachment)} width={width} height={height} onError={() => setBroken(true)} />}
        {shown.map((camera, n) => {
          const [x, y] = [camera.x * width, camera.y * height]
          return (
            <g key={camera.id}>
              {camera.direction_deg !== null && <path className="floor-sector" d={sectorPath(x, y, longer * REACH_SHARE, camera.direction_deg, camera.angle_deg ?? 0)} />}
              <circle className="floor-mark" cx={x} cy={y} r={longer * MARK_SHARE} />
              <text className="floor-number" x={x} y={y} fontSize={longer * MARK_SHARE * 1.2}>{n + 1}</text>
            </g>
          )
        })}
      </svg>
      {shown.length === 0 ? <p className="secondary">{t('map.noFloorCameras')}</p> : (
        <ol>
          {shown.map((camera, n) => (
            <li key={camera.id}>
              {camera.gb_code === '' ? t('map.planPart', { n: n + 1 }) : camera.gb_code}
              {camera.direction_deg !== null && ` · ${t('map.direction')} ${t('map.degrees', { n: camera.direction_deg })}`}
            </li>
          ))}
        </ol>
      )}
    </figure>
  )
}
