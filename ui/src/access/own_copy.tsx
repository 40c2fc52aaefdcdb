/** A unit asks for a copy of its own footage: by a purpose of its rules, with another's consent; it goes to nobody else. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { askOwnCopy, getListPurposesQueryOptions, type Goes } from '../api/generated'
import { camerasQuery, requestsQuery } from '../api/queries'
import { ArticleChip, PageHead, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import type { RequestSearch } from '../frame/routes'
import { zone } from '../frame/time'

interface Words {
  cameras: string[]
  range: [Dayjs, Dayjs]
  ground: string
  purpose: string
  goes: Goes
  destination: string
}

const GOES: readonly Goes[] = ['inside', 'others', 'public']

export function OwnCopyForm() {
  const { t } = useTranslation()
  const search = useSearch({ strict: false }) as RequestSearch
  const navigate = useNavigate()
  const client = useQueryClient()
  const cameras = useQuery(camerasQuery)
  const grounds = useQuery(getListPurposesQueryOptions())
  const [form] = Form.useForm<Words>()
  const goes = Form.useWatch('goes', form) ?? 'inside'
  const ask = useMutation({
    mutationFn: (words: Words) =>
      askOwnCopy({
        cameras: words.cameras,
        start_ms: words.range[0].valueOf(),
        end_ms: words.range[1].valueOf(),
        ground: words.ground,
        purpose: words.purpose.trim(),
        goes: words.goes,
        destination: words.destination.trim(),
      }),
    onSuccess: async (request) => {
      await client.invalidateQueries({ queryKey: requestsQuery.queryKey })
      await navigate({ to: '/requests/$id', params: { id: request.id } })
    },
  })
  const required = { required: true, message: t('common.required') }
  const words = { ...required, whitespace: true }
  const copies = grounds.data?.copies ?? []
  return (
    <div className="page chooser">
      <PageHead title={t('ownCopy.title')} purpose={t('ownCopy.purpose')} />
      <section className="panel">
        {grounds.data !== undefined && copies.length === 0 && (
          <Alert type="warning" className="spaced" title={t('ownCopy.noGround')} description={<>{t('ownCopy.noGroundHint')} <Link to="/playback" search={{}}>{t('nav.playback')}</Link></>} />
        )}
        <Form<Words>
          form={form}
          layout="vertical"
          requiredMark={false}
          scrollToFirstError={{ focus: true }}
          initialValues={{
            goes: 'inside',
            cameras: search.cameras?.split(',').filter(Boolean) ?? [],
            ...(search.from !== undefined && search.to !== undefined ? { range: [dayjs(search.from), dayjs(search.to)] } : {}),
          }}
          onFinish={(given) => ask.mutate(given)}
        >
          <Form.Item name="ground" label={<>{t('ownCopy.ground')}&nbsp;<ArticleChip matter="register" /></>} extra={t('ownCopy.groundHint')} rules={[required]}>
            <Select loading={grounds.isPending} placeholder={t('playback.groundPlaceholder')} options={copies.map((ground) => ({ value: ground, label: t(`ground.${ground}`, { defaultValue: ground }) }))} />
          </Form.Item>
          <Form.Item name="cameras" label={t('common.camera')} rules={[required]}>
            <Select
              mode="multiple"
              loading={cameras.isPending}
              showSearch={{ optionFilterProp: 'label' }}
              options={(cameras.data ?? []).map((camera) => ({ value: camera.id, label: [camera.name, camera.place].filter(Boolean).join(' · ') }))}
            />
          </Form.Item>
          <Form.Item name="range" label={t('access.period')} extra={t('access.periodHint', { zone: zone() })} rules={[required]}>
            <TimeRange maxDate={dayjs()} />
          </Form.Item>
          <Form.Item name="purpose" label={t('access.use')} rules={[words, { min: 4, message: t('access.useShort') }]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('ownCopy.usePlaceholder')} />
          </Form.Item>
          <Form.Item name="goes" label={<>{t('access.destination')}&nbsp;<ArticleChip matter="supply" /></>} extra={t(`ownCopy.goesHint.${goes}`)}>
            <Radio.Group options={GOES.map((value) => ({ value, label: t(`ownCopy.goes.${value}`) }))} />
          </Form.Item>
          <Form.Item name="destination" label={t('ownCopy.destination')} rules={[words]}>
            <Input maxLength={200} placeholder={t('ownCopy.destinationPlaceholder')} />
          </Form.Item>
          <Alert type="info" className="spaced" title={t('access.follows')} description={t('ownCopy.follows')} />
          {grounds.error !== null && <Problem problem={grounds.error} retry={() => void grounds.refetch()} />}
          {ask.error !== null && <Problem problem={ask.error} />}
          <Button type="primary" size="large" htmlType="submit" loading={ask.isPending}>{t('ownCopy.submit')}</Button>
        </Form>
      </section>
    </div>
  )
}
