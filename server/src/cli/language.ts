/** Every sentence for a person exists in both languages; Vietnamese is what an office reads, so it is the default. */
export type Language = 'vi' | 'en';
export type Text = { readonly [language in Language]: string };

/** `--lang` wins over `LIENTHONG_LANG`; anything that is not English is Vietnamese. */
export function chooseLanguage(option: string | undefined, environment: string | undefined): Language {
  return (option ?? environment ?? 'vi').toLowerCase().startsWith('en') ? 'en' : 'vi';
}
