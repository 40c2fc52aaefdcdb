/** A request to copy footage. In and out of the player fill it; the draft saves itself. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useSubmitRequest, type NewRequest } from '../api/generated'
import { requestsQuery, useCamerasWith } from '../api/queries'
import { useSession } from '../frame/context'
import { ArticleChip, PageHead, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { has } from '../frame/roles'
import type { RequestSearch } from '../frame/routes'
import { zone } from '../frame/time'

interface Words extends Omit<NewRequest, 'start_ms' | 'end_ms' | 'organ' | 'officers'> {
  organ: string
  officers?: string[]
  range: [Dayjs, Dayjs]
}

const asked = (words: Words): NewRequest => ({
  cameras: words.cameras,
  start_ms: words.range[0].valueOf(),
  end_ms: words.range[1].valueOf(),
  purpose: words.purpose.trim(),
  destination: words.destination.trim(),
  legal_basis: words.legal_basis.trim(),
  organ: words.organ.trim(),
  officers: (words.officers ?? []).map((name) => name.trim()).filter((name) => name !== '').map((name) => ({ name })),
})

type Draft = Partial<Omit<Words, 'cameras' | 'range' | 'officers'>>
const DRAFT = 'mingjian.request-draft'
const OFFICERS_LEAST = 2
const OFFICERS_MOST = 8

function readDraft(): Draft {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}') as Draft
  } catch {
    return {}
  }
}

function saveDraft(draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(DRAFT)
    else sessionStorage.setItem(DRAFT, JSON.stringify(draft))
  } catch {
    // no storage: the draft lives only in the fields
  }
}

/** Two persons or more; the same name written twice is one. The server decides the same way. */
function different(names: string[] = []): boolean {
  return new Set(names.map((name) => name.normalize('NFKC').replace(/\s/g, '').toLowerCase()).filter(Boolean)).size >= 2
}

/** A field for each officer, two to begin with: nothing has to be known about how names are parted. */
function Officers() {
  const { t } = useTranslation()
  return (
    <Form.List name="officers" rules={[{ validator: (_, names: string[]) => (different(names) ? Promise.resolve() : Promise.reject(new Error(t('access.twoOfficers')))) }]}>
      {(fields, { add, remove }, { errors }) => (
        <Form.Item label={<>{t('access.officers')}&nbsp;<ArticleChip article="a22_1_1" /></>} extra={t('access.officersHint')}>
          <div role="group" aria-label={t('access.officers')}>
            {fields.map(({ key, name }) => (
              <div className="row officer" key={key}>
                <Form.Item name={name} noStyle>
                  <Input maxLength={64} aria-label={t('access.officer', { n: name + 1 })} placeholder={t('access.officer', { n: name + 1 })} />
                </Form.Item>
                {fields.length > OFFICERS_LEAST && <Button onClick={() => remove(name)}>{t('access.removeOfficer')}</Button>}
              </div>
            ))}
          </div>
          {fields.length < OFFICERS_MOST && <Button type="dashed" onClick={() => add('')}>{t('access.moreOfficers')}</Button>}
          <Form.ErrorList errors={errors} />
        </Form.Item>
      )}
    </Form.List>
  )
}

export function RequestForm() {
  const { t } = useTranslation()
  const session = useSession()
  const search = useSearch({ strict: false }) as RequestSearch
  const navigate = useNavigate()
  const client = useQueryClient()
  const cameras = useCamerasWith(search.cameras)
  const [form] = Form.useForm<Words>()
  const submit = useSubmitRequest({
    onSuccess: (request) => {
      saveDraft(null)
      void client.invalidateQueries({ queryKey: requestsQuery.queryKey })
      void navigate({ to: '/requests/$id', params: { id: request.id } })
    },
  })
  const known = cameras.data
  const filled = useRef<string | null>(null)
  useEffect(() => {
    // once for what the player asked: the list is refreshed every few seconds and must not undo a person's choice
    if (known === undefined || search.cameras === undefined || filled.current === search.cameras) return
    filled.current = search.cameras
    const ids = new Set(known.map((camera) => camera.id))
    form.setFieldValue('cameras', search.cameras.split(',').filter((id) => ids.has(id)))
  }, [known, search.cameras, form])
  const required = { required: true, message: t('common.required') }
  const words = { ...required, whitespace: true }
  return (
    <div className="page chooser">
      <PageHead title={t('access.formTitle')} purpose={t('access.formPurpose')} />
      <section className="panel">
        <Form<Words>
          form={form}
          layout="vertical"
          requiredMark={false}
          scrollToFirstError
          initialValues={{
            organ: has(session, 'officer') ? session.unit.name : '',
            officers: Array.from({ length: OFFICERS_LEAST }, () => ''),
            ...readDraft(),
            ...(search.from !== undefined && search.to !== undefined ? { range: [dayjs(search.from), dayjs(search.to)] } : {}),
          }}
          onValuesChange={(_, { organ, purpose, destination, legal_basis }: Words) => saveDraft({ organ, purpose, destination, legal_basis })}
          onFinish={(given) => submit.mutate({ data: asked(given) })}
        >
          <Form.Item name="cameras" label={t('common.camera')} rules={[required]}>
            <Select mode="multiple" loading={cameras.isPending} optionFilterProp="label" options={(known ?? []).map((camera) => ({ value: camera.id, label: `${camera.name} · ${camera.place}` }))} />
          </Form.Item>
          <Form.Item name="range" label={t('access.period')} extra={t('access.periodHint', { zone: zone() })} rules={[required]}>
            <TimeRange maxDate={dayjs()} />
          </Form.Item>
          <Form.Item name="purpose" label={<>{t('access.use')}&nbsp;<ArticleChip article="a17_2_2" /></>} rules={[words, { min: 4, message: t('access.useShort') }]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('access.usePlaceholder')} />
          </Form.Item>
          <Form.Item name="destination" label={<>{t('access.destination')}&nbsp;<ArticleChip article="a17_2_2" /></>} rules={[words]}>
            <Input maxLength={200} placeholder={t('access.destinationPlaceholder')} />
          </Form.Item>
          <Form.Item name="organ" label={t('access.organ')} rules={[words]}>
            <Input maxLength={200} />
          </Form.Item>
          <Officers />
          <Form.Item name="legal_basis" label={<>{t('access.basis')}&nbsp;<ArticleChip article="a21" /></>} rules={[words]}>
            <Input maxLength={500} placeholder={t('access.basisPlaceholder')} />
          </Form.Item>
          <Alert type="info" className="spaced" title={t('access.follows')} description={<>{t('access.followsText')} <ArticleChip article="a22_1_1" /></>} />
          {submit.error !== null && <Problem problem={submit.error} />}
          <Button type="primary" size="large" htmlType="submit" loading={submit.isPending}>
            {t('access.submit')}
          </Button>
        </Form>
      </section>
    </div>
  )
}
