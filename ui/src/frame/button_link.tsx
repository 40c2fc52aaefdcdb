/** A link that looks like a button: one stop of the keyboard, one thing to whoever hears the page. */
import { createLink } from '@tanstack/react-router'
import { Button, type ButtonProps } from 'antd'
import type { Ref } from 'react'

/** `primary`: the router keeps a link's `type` to itself. */
type Props = Omit<ButtonProps, 'target' | 'type'> & { ref?: Ref<HTMLAnchorElement>; primary?: boolean }

export const ButtonLink = createLink(({ primary = false, ...props }: Props) => <Button {...props} type={primary ? 'primary' : 'default'} />)
