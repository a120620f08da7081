import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Fine-tune Wav2Vec2","description":"","frontmatter":{},"headers":[],"relativePath":"examples/fine-tune-wav2vec2/README.md","filePath":"examples/fine-tune-wav2vec2/README.md"}');
const _sfc_main = { name: "examples/fine-tune-wav2vec2/README.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="fine-tune-wav2vec2" tabindex="-1">Fine-tune Wav2Vec2 <a class="header-anchor" href="#fine-tune-wav2vec2" aria-label="Permalink to &quot;Fine-tune Wav2Vec2&quot;">​</a></h1><p>fine-tune.ts takes Wav2Vec2, HuBERT or WavLM weights in Hugging Face&#39;s format, puts a fresh head on them, trains on a folder of clips, and writes a folder in that format again.</p><div class="language-sh vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">sh</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;">npm</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> install</span></span>
<span class="line"><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;">npm</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> run</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> build</span></span></code></pre></div><p>With a network, <code>facebook/wav2vec2-base</code> in the place of <code>my-wav2vec2</code> fetches that from the hub. To see how it goes without, make-tiny-weights.js writes a tiny model of random weights, which knows nothing:</p><div class="language-sh vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">sh</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;">node</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> make-tiny-weights.js</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> my-wav2vec2</span></span></code></pre></div><p><code>clips</code> has a folder <code>real</code> and a folder <code>fake</code> somewhere beneath.</p><div class="language-sh vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">sh</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span style="--shiki-light:#6F42C1;--shiki-dark:#B392F0;">npm</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> start</span><span style="--shiki-light:#005CC5;--shiki-dark:#79B8FF;"> --</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> my-wav2vec2</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> clips</span><span style="--shiki-light:#032F62;--shiki-dark:#9ECBFF;"> run</span></span></code></pre></div><div class="language-text vp-adaptive-theme"><button title="Copy Code" class="copy"></button><span class="lang">text</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0"><code><span class="line"><span>imported: wav2vec2, 75088 parameters</span></span>
<span class="line"><span>best epoch: 1, EER 50.0 %</span></span>
<span class="line"><span>written: run/huggingface</span></span></code></pre></div></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("examples/fine-tune-wav2vec2/README.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const README = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  README as default
};
