import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(`{"title":"","description":"","frontmatter":{"layout":"home","hero":{"name":"Voiceproof","text":"Is it a human voice?","tagline":"Train, evaluate and ship detectors of synthetic, converted and replayed speech, in TypeScript on TensorFlow.js.","actions":[{"theme":"brand","text":"Score my files","link":"/docs/guides/score"},{"theme":"alt","text":"Train on my folder","link":"/docs/guides/train"},{"theme":"alt","text":"API","link":"/docs/api/"}]},"features":[{"title":"Three lines to a score","details":"import { openDetector } from 'voiceproof'; a file, its bytes, samples, or a live stream, scored on your own machine.","link":"/docs/guides/score"},{"title":"The field's models","details":"LCNN, AASIST, RawNet2 and Wav2Vec2, equal to their reference implementations, on TensorFlow's own C library.","link":"/docs/guides/train"},{"title":"Yours, without a fork","details":"A model, feature, loss or augmentation written in your own project is treated like ours.","link":"/docs/guides/plugins"},{"title":"Anywhere","details":"Exports to ONNX, TensorFlow, TensorFlow.js, TFLite and Hugging Face, with front-end and self-test inside.","link":"/docs/guides/browser"}]},"headers":[],"relativePath":"index.md","filePath":"docs/index.md"}`);
const _sfc_main = { name: "index.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/index.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const index = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  index as default
};
