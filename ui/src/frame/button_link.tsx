/** A link that looks like a button: one stop of the keyboard, one thing to whoever hears the page. */
import { createLink } from '@tanstack/react-router'
import { Button, type ButtonProps } from 'antd'
import type { Ref } from 'react'

export const ButtonLink = createLink((props: Omit<ButtonProps, 'target'> & { ref?: Ref<HTMLAnchorElement> }) => <Button {...props} />)
