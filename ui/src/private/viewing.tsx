/** Before the person sits down: the promise, the place, the cameras. The register entry is made before the first picture. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { openPrivateViewing, type OpenPrivateForm, type PrivatePageOut, type PrivateRulesOut, type ViewOut } from '../api/generated'
import { ArticleChip, Problem } from '../frame/parts'

export function Opening(props: { page: PrivatePageOut; rules: PrivateRulesOut; onOpened: (view: ViewOut) => void }) {
  const { t } = useTranslation()
  const { page, rules } = props
  const open = useMutation({ mutationFn: (words: OpenPrivateForm) => openPrivateViewing(page.id, words), onSuccess: props.onOpened })
  const masked = (id: string): boolean => page.masks.some((one) => one.camera === id && one.masks.length > 0)
  const lacking = page.mask_others && !page.cameras.every(masked)
  const must = (_: unknown, value: unknown): Promise<void> => (value === true ? Promise.resolve() : Promise.reject(new Error(t('common.required'))))
  const required = { required: true, message: t('common.required') }
  return (
    <section className="panel" aria-label={t('private.view')}>
      <div className="panel-head"><h2>{t('private.view')}</h2><ArticleChip matter="private" /></div>
      {lacking && <Alert type="warning" showIcon className="spaced" title={t('private.needMasks')} />}
      <Form<OpenPrivateForm> layout="vertical" requiredMark={false} scrollToFirstError={{ focus: true }} initialValues={{ cameras: page.cameras.filter((id) => !page.mask_others || masked(id)) }} key={page.masks.length} onFinish={(words) => open.mutate({ ...words, place: words.place.trim() })}>
        <Form.Item name="cameras" label={t('private.choose')} rules={[required]}>
          <Checkbox.Group options={page.cameras.map((value, n) => ({ value, label: page.camera_names[n] ?? value, disabled: page.mask_others && !masked(value) }))} />
        </Form.Item>
        <Form.Item name="place" label={t('private.place')} rules={[{ ...required, whitespace: true }, { min: 2 }]}><Input maxLength={60} placeholder={t('private.placePlaceholder')} /></Form.Item>
        <Form.Item name="outside_room" valuePropName="checked" rules={[{ validator: must }]}><Checkbox>{t('private.outside')} <ArticleChip matter="room" /></Checkbox></Form.Item>
        <blockquote className="spaced" aria-label={t('private.promise')}>{rules.promise}</blockquote>
        <Form.Item name="promised" valuePropName="checked" rules={[{ validator: must }]}><Checkbox>{t('private.promised')}</Checkbox></Form.Item>
        <p className="secondary">{t('private.sitting', { minutes: rules.sitting_s / 60 })}</p>
        {open.error !== null && <Problem problem={open.error} />}
        <Button type="primary" size="large" htmlType="submit" loading={open.isPending}>{t('private.start')}</Button>
      </Form>
    </section>
  )
}
