/** Where a camera stands and where it looks, asked in the same words by the path and by a change. */
import { useQuery } from '@tanstack/react-query'
import { Form, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { getReadPlaceQueryOptions, type SitingFields, type SitingOut } from '../api/generated'
import { PlanMark } from './plan_mark'
import { ViewPlan } from './view_plan'

/** Shares of the plan are entered in percent. */
const PERCENT = {
  getValueProps: (share: number | null | undefined) => ({ value: share == null ? null : Math.round(share * 10_000) / 100 }),
  normalize: (percent: number | null) => (percent === null ? null : Math.round(percent * 100) / 10_000),
}

export function PositionFields(props: { siting: SitingOut }) {
  const { t } = useTranslation()
  const { siting } = props
  const place = useQuery(getReadPlaceQueryOptions(siting.place))
  const floors = place.data?.floors ?? []
  const form = Form.useFormInstance<SitingFields>()
  const said = Form.useWatch([], form) as SitingFields | undefined
  const floor = floors.find((one) => one.id === said?.floor)
  return (
    <>
      {floors.length > 0 && (
        <Form.Item name="floor" label={t('siting.floor')}>
          <Select options={[{ value: '', label: t('siting.noFloor') }, ...floors.map((one) => ({ value: one.id, label: one.name }))]} />
        </Form.Item>
      )}
      {floor !== undefined && (
        <>
          <PlanMark
            floor={floor}
            x={said?.x ?? null}
            y={said?.y ?? null}
            direction={said?.direction_deg ?? null}
            angle={said?.angle_deg ?? null}
            others={(place.data?.cameras ?? []).filter((one) => one.floor === floor.id && one.id !== siting.camera)}
            onChange={(standing) => form.setFieldsValue(standing)}
          />
          <div className="row">
            <Form.Item name="x" label={t('siting.across')} {...PERCENT}><InputNumber min={0} max={100} step={1} suffix="%" /></Form.Item>
            <Form.Item name="y" label={t('siting.down')} {...PERCENT}><InputNumber min={0} max={100} step={1} suffix="%" /></Form.Item>
          </div>
        </>
      )}
      <div className="row">
        <Form.Item name="longitude" label={t('siting.longitude')}><InputNumber step={0.0001} /></Form.Item>
        <Form.Item name="latitude" label={t('siting.latitude')}><InputNumber step={0.0001} /></Form.Item>
      </div>
      <Form.Item name="direction_deg" label={t(floor === undefined ? 'siting.direction' : 'siting.directionOnPlan')}><InputNumber min={0} max={360} /></Form.Item>
      <Form.Item name="angle_deg" label={t('siting.angle')}><InputNumber min={1} max={360} /></Form.Item>
      <Form.Item name="range_m" label={t('siting.range')}><InputNumber min={0.5} /></Form.Item>
      {floor === undefined && <ViewPlan direction={said?.direction_deg} angle={said?.angle_deg} range={said?.range_m} />}
    </>
  )
}
