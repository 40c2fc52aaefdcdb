/** A place on record, new or changed. Who may build there is decided by the server and told with its article. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Drawer, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import { addPlace, changePlace, getListPlaceKindsQueryOptions, getListPlacesQueryKey, getListSectorsQueryOptions, getReadPlaceQueryKey, type PlaceFields, type PlaceOut } from '../api/generated'
import { Problem } from '../frame/parts'
import { fieldsOf } from './fields'

const CAPACITIES = ['building', 'managing', 'using', 'none'] as const
const WIDTH_PX = 520

export function PlaceForm(props: { place?: PlaceOut; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [form] = Form.useForm<PlaceFields>()
  const kinds = useQuery(getListPlaceKindsQueryOptions())
  const sectors = useQuery(getListSectorsQueryOptions())
  const english = i18n.language === 'en-US'
  const { place } = props
  const save = useMutation({
    mutationFn: (words: PlaceFields) => {
      const kept = place === undefined ? {} : fieldsOf(place)
      const said = { ...kept, ...words }
      return place === undefined ? addPlace(said) : changePlace(place.id, said)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: getListPlacesQueryKey() })
      if (place !== undefined) await client.invalidateQueries({ queryKey: getReadPlaceQueryKey(place.id) })
      message.success(t('places.saved'))
      props.onClose()
    },
    onError: (problem) => {
      const field = problem instanceof Refusal ? (problem.facts.field ?? '') : ''
      if (problem instanceof Refusal && field in form.getFieldsValue()) form.setFields([{ name: field as keyof PlaceFields, errors: [problem.text] }])
    },
  })
  const options = (kinds.data ?? []).map((kind) => ({ value: kind.id, label: `${kind.category} ${english ? kind.name_en : kind.name}` }))
  return (
    <Drawer open size={WIDTH_PX} title={t(place === undefined ? 'places.add' : 'places.change')} onClose={props.onClose}>
      <Form
        form={form}
        layout="vertical"
        requiredMark="optional"
        initialValues={place === undefined ? { capacity: 'managing' } : { ...fieldsOf(place), ...(place.sector === '' ? { sector: undefined } : {}) }}
        onFinish={(words) => save.mutate(words)}
      >
        <Form.Item name="name" label={t('places.name')} rules={[{ required: true }]}><Input maxLength={64} /></Form.Item>
        <Form.Item name="kind" label={t('places.kind')} extra={t('places.kindHint')} rules={[{ required: true }]}>
          <Select options={options} loading={kinds.isPending} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Form.Item name="capacity" label={t('places.capacity')} rules={[{ required: true }]}>
          <Select options={CAPACITIES.map((value) => ({ value, label: t(`places.capacity_${value}`) }))} />
        </Form.Item>
        <Form.Item name="sector" label={t('places.sector')} extra={t('places.sectorHint')}>
          <Select loading={sectors.isPending} showSearch={{ optionFilterProp: 'label' }} options={(sectors.data ?? []).map((one) => ({ value: one.id, label: english ? one.name_en : one.name }))} />
        </Form.Item>
        <Form.Item name="territory" label={t('places.territory')} rules={[{ required: true }]}><Input inputMode="numeric" maxLength={12} /></Form.Item>
        <Form.Item name="address" label={t('places.address')} rules={[{ required: true }]}><Input maxLength={200} /></Form.Item>
        <div className="row">
          <Form.Item name="longitude" label={t('places.longitude')}><InputNumber step={0.0001} /></Form.Item>
          <Form.Item name="latitude" label={t('places.latitude')}><InputNumber step={0.0001} /></Form.Item>
        </div>
        <Form.Item name="telephone" label={t('places.telephone')}><Input maxLength={40} /></Form.Item>
        <Form.Item name="legal_basis" label={t('places.legalBasis')}><Input maxLength={200} /></Form.Item>
        <Form.Item name="anti_terror" valuePropName="checked"><Checkbox>{t('places.antiTerror')}</Checkbox></Form.Item>
        {save.error !== null && <Problem problem={save.error} />}
        <Button type="primary" htmlType="submit" loading={save.isPending}>{t('places.submit')}</Button>
      </Form>
    </Drawer>
  )
}
