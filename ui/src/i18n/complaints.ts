/** Complaints of citizens, and the signs that lead to them. */
export const complaints = {
  'zh-CN': {
    complaints: {
      title: '投诉举报', one: '投诉 {{number}}', purpose: '市民扫标识牌二维码提出的投诉', number: '收件编号', received: '收到时间', organ: '答复机关', text: '投诉内容', contact: '联系方式',
      noContact: '未留联系方式', hiddenContact: '只供所在地公安机关查看', empty: '没有投诉', state: { received: '办理中', answered: '已答复' }, replies: '答复', noReplies: '尚无答复',
      reply: '答复', replyHint: '投诉人凭收件编号可以看到答复。公安机关的答复为正式答复；单位的说明附在其后。', send: '发出答复', sent: '答复已发出', place: '场所',
      notYours: '由所在地公安机关答复', noOrgan: '本系统中没有上级公安机关，由单位答复',
    },
    sign: {
      title: '标识牌', none: '还没有标识。生成后可打印张贴，市民扫码查看公示、提出投诉。', make: '生成标识', code: '标识编号', address: '公示页', a4: 'A4 打印', a5: 'A5 打印', svg: '制作文件（SVG）',
      photograph: '已张贴的标识牌', shot: '拍照上传', noPhotograph: '张贴后请拍照存档', alt: '已张贴的标识牌照片', open: '查看公示页',
    },
  },
  'en-US': {
    complaints: {
      title: 'Complaints', one: 'Complaint {{number}}', purpose: 'What citizens sent from the page of a sign', number: 'Receipt number', received: 'Received', organ: 'Answered by', text: 'Complaint', contact: 'How to reach the sender',
      noContact: 'none given', hiddenContact: 'shown to public security of the place only', empty: 'No complaints', state: { received: 'being handled', answered: 'answered' }, replies: 'Replies', noReplies: 'No reply yet',
      reply: 'Reply', replyHint: 'The sender reads it under the receipt number. The word of public security is the answer; what the unit says stands beside it.', send: 'Send the reply', sent: 'The reply is sent', place: 'Place',
      notYours: 'Public security of the place answers', noOrgan: 'No public security organ above this unit is in this installation: the unit answers',
    },
    sign: {
      title: 'Sign', none: 'No sign yet. Once made it can be printed and put up; citizens scan it to read who runs the system and to complain.', make: 'Make the sign', code: 'Number of the sign', address: 'Public page', a4: 'Print A4', a5: 'Print A5', svg: 'File for a sign maker (SVG)',
      photograph: 'The mounted sign', shot: 'Upload a picture', noPhotograph: 'Take a picture once it hangs', alt: 'Picture of the mounted sign', open: 'Open the public page',
    },
  },
}
