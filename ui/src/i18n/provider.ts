/** The identity provider: the door, the own factor after it, whom a subject stands for. */
export const provider = {
  'zh-CN': {
    provider: {
      signIn: '用{{name}}登录', second: '验证本人', known: '{{name}}已确认您的身份', enrolment: '一次性代码', enrolmentHint: '系统管理员当面交给您的代码，只能用一次', back: '改用其他方式登录',
      again: '您在本系统没有动态口令和安全密钥：请到{{name}}重新登录一次，回来后再办理刚才的事项。', go: '到{{name}}重新登录', proven: '已再次验证身份，请重新办理刚才的事项',
      title: '统一身份', none: '没有关联，只能用密码登录', subject: '标识（sub）', subjectHint: '身份提供者给此人的标识，与其完全一致；本人登录被拒绝时的提示里也有', linked: '关联于', first: '首次登录', firstHint: '本人首次登录时用自己的动态口令、安全密钥或者一次性代码确认', state: { confirmed: '已确认', waiting: '待本人确认' },
      link: '关联', linkTitle: '关联统一身份', linkFollows: '此操作记入账本；本人首次由此登录时须用自己的动态口令、安全密钥或者一次性代码确认，之前不能进入本系统', unlink: '解除关联', unlinkAsk: '解除“{{name}}”的关联？由此登录的会话和正在进行的查看立即结束。',
    },
  },
  'en-US': {
    provider: {
      signIn: 'Sign in with {{name}}', second: 'Show that it is you', known: 'Confirmed by {{name}}', enrolment: 'One-time code', enrolmentHint: 'the one that the system administrator handed you; it works once', back: 'Sign in another way',
      again: 'You have no one-time codes and no security key here: sign in once more with {{name}}, then repeat what you were doing.', go: 'Sign in again with {{name}}', proven: 'Proven; please repeat what you were doing',
      title: 'Identity provider', none: 'Not linked; signs in with a password only', subject: 'Subject (sub)', subjectHint: 'who the person is to the identity provider, exactly; it also stands in the refusal that the person gets', linked: 'Linked', first: 'First sign-in', firstHint: 'then the person confirms with the own one-time code, security key or enrolment code', state: { confirmed: 'Confirmed', waiting: 'Waits for the person' },
      link: 'Link', linkTitle: 'Link to the provider', linkFollows: 'This enters the ledger; at the first sign-in the person confirms it with the own one-time code, security key or enrolment code, and gets in no sooner', unlink: 'Take the link away', unlinkAsk: 'Take the link of “{{name}}” away? Sessions and viewings that came through it end at once.',
    },
  },
}
