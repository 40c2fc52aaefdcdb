/** Sealed packages: handing over, shares, downloads. */
export const sealing = {
  'zh-CN': {
    sealing: {
      title: '封装交付', own: '交给我的封装包', ownHint: '证据包已封装：两名执法人员各领取一份密钥份额，共同打开。份额只给一次。',
      seal: '封装交付', making: '正在封装', failed: '封装没有完成（{{code}}），请重新封装；签到已过期的，先重新签到', sealAgain: '重新封装', sealAgainAsk: '重新封装后，先前的份额和封装包作废。', hint: '封装后交给在场的两名执法人员：每人一份密钥份额，缺一不能打开。', closed: '两名执法人员签到有效期内，方可由单位管理人员封装',
      share: '份额 {{letter}}', waiting: '待领取', given: '{{time}} 已领取', atCounter: '{{time}} 已在现场出示', destroyed: '已销毁',
      ends: '{{time}} 前领取和下载，逾期销毁', over: '已过期或者已重新封装，未领取的份额和封装包已销毁', downloads: '下载记录', none: '还没有人下载', opened: '{{person}} {{time}} 开始，已传 {{size}}', finished: '{{person}} {{time}} 下载完成', counter: '（现场介质）',
      take: '领取我的密钥份额', taken: '您的份额已领取', fetch: '下载封装包', fetchHint: '每人只能下载一次；中断的可在 12 小时内续传', disk: '下载到交付介质', size: '封装包 {{size}}',
      mineTitle: '您的密钥份额', mineOnce: '只显示这一次，关闭后系统中不再存有；遗失须重新封装', mineKeep: '请抄写、打印或者存成文件，与封装包分开保管，不要交给另一名执法人员', save: '存成文件', copy: '复制', close: '我已保管好',
      spot: '现场出示份额', spotHint: '只用于现场登记、没有账号的执法人员：由本人输入一次性代码', spotShow: '出示', file: '密钥份额\n\n申请 {{number}}\n执法人员 {{officer}}\n\n{{words}}\n\n与封装包分开保管；打开封装包须两份份额：\npython3 verify.py 封装包 --trust anchors.json --share A.txt --share B.txt\n',
      openWith: '打开封装包：在“核验证据包”页拖入，或者用 verify.py', verifier: '下载 verify.py',
    },
  },
  'en-US': {
    sealing: {
      title: 'Sealed hand-over', own: 'Sealed packages for me', ownHint: 'The package is sealed: each of the two officers takes a share of its key, and both open it together. A share is given once.',
      seal: 'Seal and hand over', making: 'Sealing', failed: 'The package was not sealed ({{code}}). Seal it again; where the officers’ signatures ran out, let them sign again first', sealAgain: 'Seal anew', sealAgainAsk: 'The shares and the sealed package of before then count no more.', hint: 'Sealed for the two officers who are present: a share of the key each, neither opens it alone.', closed: 'The unit manager can seal it while two officers are present',
      share: 'Share {{letter}}', waiting: 'to be taken', given: 'taken {{time}}', atCounter: 'shown at the counter {{time}}', destroyed: 'destroyed',
      ends: 'To be taken and fetched by {{time}}, then destroyed', over: 'Ran out or was sealed anew: shares not taken and the sealed package were destroyed', downloads: 'Downloads', none: 'Nobody has fetched it yet', opened: '{{person}} began {{time}}, {{size}} sent', finished: '{{person}} fetched it {{time}}', counter: ' (disk at the counter)',
      take: 'Take my share', taken: 'Your share was taken', fetch: 'Download sealed package', fetchHint: 'Once for each person; one that broke off may be resumed within 12 hours', disk: 'Download for the disk', size: 'sealed package {{size}}',
      mineTitle: 'Your share of the key', mineOnce: 'Shown this once; it exists here no more when closed. A lost one means a new sealing', mineKeep: 'Write it down, print it or save it, apart from the package; do not give it to the other officer', save: 'Save as file', copy: 'Copy', close: 'I have kept it',
      spot: 'Show a share at the counter', spotHint: 'For officers enrolled on the spot alone: he types his own one-time code', spotShow: 'Show', file: 'Share of a key\n\nRequest {{number}}\nOfficer {{officer}}\n\n{{words}}\n\nKeep it apart from the package; both shares open it:\npython3 verify.py PACKAGE --trust anchors.json --share A.txt --share B.txt\n',
      openWith: 'To open it: drop it on “Verify a package”, or use verify.py', verifier: 'Download verify.py',
    },
  },
}
