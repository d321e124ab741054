"""Write tiny random models that the genuine ComfyUI loads and runs on a CPU: `python tiny_models.py FOLDER`.

They are real to the server's eyes, only small: it detects a family by the names and shapes below, which are those of
the published models. What they draw is noise. The same seed gives the same bytes. Needs numpy: install.py runs it with
the kit's own Python.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from weights import Weights, write

SEED = 20_260
CLIP_WIDTH, CLIP_VOCABULARY, CLIP_TOKENS, CLIP_LAYERS = 768, 49_408, 77, 12  # CLIP ViT-L/14, true to size
SD_CHANNELS, SD_TIME, SD_LATENT = 320, 1280, 4  # Stable Diffusion 1.x; the family's class fixes the 320
TAESD_CHANNELS, TAESD_STAGES = 64, 3
SD_VAE_SCALE = 0.18215
WAN_WIDTH, WAN_FEED_FORWARD, WAN_BLOCKS, WAN_TIME = 128, 256, 2, 256  # Wan 2.1 14B: 5120, 13824, 40, 256
WAN_LATENT, WAN_IMAGE_INPUT = 16, 36  # 36 = 16 noise + 16 start image + 4 mask channels
WAN_PATCH = (1, 2, 2)
WAN_VAE_WIDTH, WAN_VAE_STAGES = 8, (1, 2, 4, 4)  # Wan 2.1: 96
LORA_RANK = 2


def clip_l(w: Weights) -> None:
    """The text encoder. Layers 2 to 12 are zeros: the text still matters, the file stays small."""
    with w.inside("text_model"):
        w.noise("embeddings.token_embedding.weight", CLIP_VOCABULARY, CLIP_WIDTH, deviation=0.05)
        w.noise("embeddings.position_embedding.weight", CLIP_TOKENS, CLIP_WIDTH)
        for number in range(CLIP_LAYERS):
            with w.inside(f"encoder.layers.{number}", blank=number > 0):
                clip_layer(w, CLIP_WIDTH)
        w.norm("final_layer_norm", CLIP_WIDTH)
    w.layer("text_projection", CLIP_WIDTH, CLIP_WIDTH, bias=False)


def clip_layer(w: Weights, width: int) -> None:
    w.norm("layer_norm1", width)
    w.norm("layer_norm2", width)
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        w.layer(f"self_attn.{name}", width, width)
    w.layer("mlp.fc1", 4 * width, width)
    w.layer("mlp.fc2", width, 4 * width)


def sd15_unet(w: Weights) -> None:
    """A UNet with one level instead of four, one residual block in it, and attention to the text."""
    c = SD_CHANNELS
    w.layer("time_embed.0", SD_TIME, c)
    w.layer("time_embed.2", SD_TIME, SD_TIME)
    w.layer("input_blocks.0.0", c, SD_LATENT, 3, 3)
    unet_residual(w, "input_blocks.1.0", c, c)
    unet_attention(w, "input_blocks.1.1", c)
    unet_residual(w, "middle_block.0", c, c)
    unet_attention(w, "middle_block.1", c)
    unet_residual(w, "middle_block.2", c, c)
    for block in ("output_blocks.0", "output_blocks.1"):  # each also takes what an input block left for it
        unet_residual(w, f"{block}.0", 2 * c, c)
        unet_attention(w, f"{block}.1", c)
    w.norm("out.0", c)
    w.layer("out.2", SD_LATENT, c, 3, 3)


def unet_residual(w: Weights, name: str, inputs: int, outputs: int) -> None:
    with w.inside(name):
        w.norm("in_layers.0", inputs)
        w.layer("in_layers.2", outputs, inputs, 3, 3)
        w.layer("emb_layers.1", outputs, SD_TIME)
        w.norm("out_layers.0", outputs)
        w.layer("out_layers.3", outputs, outputs, 3, 3)
        if inputs != outputs:
            w.layer("skip_connection", outputs, inputs, 1, 1)


def unet_attention(w: Weights, name: str, width: int) -> None:
    with w.inside(name):
        w.norm("norm", width)
        w.layer("proj_in", width, width, 1, 1)
        with w.inside("transformer_blocks.0"):
            for attention, context in (("attn1", width), ("attn2", CLIP_WIDTH)):
                w.layer(f"{attention}.to_q", width, width, bias=False)
                w.layer(f"{attention}.to_k", width, context, bias=False)
                w.layer(f"{attention}.to_v", width, context, bias=False)
                w.layer(f"{attention}.to_out.0", width, width)
            for number in (1, 2, 3):
                w.norm(f"norm{number}", width)
            w.layer("ff.net.0.proj", 8 * width, width)  # twice 4 x width: half of it is the gate
            w.layer("ff.net.2", width, 4 * width)
        w.layer("proj_out", width, width, 1, 1)


def taesd(w: Weights) -> None:
    """The tiny autoencoder of Stable Diffusion, in its true shape (2.4 million weights)."""
    w.number("vae_scale", SD_VAE_SCALE)
    w.number("vae_shift", 0.0)
    with w.inside("taesd_encoder"):
        taesd_convolution(w, 0, TAESD_CHANNELS, 3)
        taesd_block(w, 1)
        for stage in range(TAESD_STAGES):  # halve the picture, then three blocks
            first = 2 + 4 * stage
            w.layer(str(first), TAESD_CHANNELS, TAESD_CHANNELS, 3, 3, bias=False)
            for number in range(first + 1, first + 4):
                taesd_block(w, number)
        taesd_convolution(w, 2 + 4 * TAESD_STAGES, SD_LATENT, TAESD_CHANNELS)
    with w.inside("taesd_decoder"):
        taesd_convolution(w, 1, TAESD_CHANNELS, SD_LATENT)
        for stage in range(TAESD_STAGES):  # three blocks, then double the picture; number 6, 11, 16 has no weights
            first = 3 + 5 * stage
            for number in range(first, first + 3):
                taesd_block(w, number)
            w.layer(str(first + 4), TAESD_CHANNELS, TAESD_CHANNELS, 3, 3, bias=False)
        last = 3 + 5 * TAESD_STAGES
        taesd_block(w, last)
        taesd_convolution(w, last + 1, 3, TAESD_CHANNELS)


def taesd_convolution(w: Weights, number: int, outputs: int, inputs: int) -> None:
    w.layer(str(number), outputs, inputs, 3, 3)


def taesd_block(w: Weights, number: int) -> None:
    for step in (0, 2, 4):
        w.layer(f"{number}.conv.{step}", TAESD_CHANNELS, TAESD_CHANNELS, 3, 3)


def wan_transformer(w: Weights, inputs: int) -> None:
    """The video transformer of Wan 2.1 and 2.2."""
    d = WAN_WIDTH
    w.layer("patch_embedding", d, inputs, *WAN_PATCH)
    w.layer("text_embedding.0", d, CLIP_WIDTH)
    w.layer("text_embedding.2", d, d)
    w.layer("time_embedding.0", d, WAN_TIME)
    w.layer("time_embedding.2", d, d)
    w.layer("time_projection.1", 6 * d, d)
    for number in range(WAN_BLOCKS):
        with w.inside(f"blocks.{number}"):
            wan_block(w, d)
    w.noise("head.modulation", 1, 2, d)
    w.layer("head.head", WAN_LATENT * int(np.prod(WAN_PATCH)), d)


def wan_block(w: Weights, width: int) -> None:
    w.noise("modulation", 1, 6, width)
    for attention in ("self_attn", "cross_attn"):
        for name in ("q", "k", "v", "o"):
            w.layer(f"{attention}.{name}", width, width)
        w.ones(f"{attention}.norm_q.weight", width)
        w.ones(f"{attention}.norm_k.weight", width)
    w.norm("norm3", width)
    w.layer("ffn.0", WAN_FEED_FORWARD, width)
    w.layer("ffn.2", width, WAN_FEED_FORWARD)


def wan_vae(w: Weights) -> None:
    """The video autoencoder of Wan 2.1: 8 times smaller pictures, 4 times fewer frames."""
    widths = [WAN_VAE_WIDTH * factor for factor in WAN_VAE_STAGES]
    with w.inside("encoder"):
        vae_convolution(w, "conv1", WAN_VAE_WIDTH, 3)
        vae_encoder_stages(w, [WAN_VAE_WIDTH, *widths])
        vae_middle(w, widths[-1])
        vae_head(w, widths[-1], 2 * WAN_LATENT)  # mean and variance
    w.layer("conv1", 2 * WAN_LATENT, 2 * WAN_LATENT, 1, 1, 1)
    w.layer("conv2", WAN_LATENT, WAN_LATENT, 1, 1, 1)
    with w.inside("decoder"):
        vae_convolution(w, "conv1", widths[-1], WAN_LATENT)
        vae_middle(w, widths[-1])
        vae_decoder_stages(w, [widths[-1], *reversed(widths)])
        vae_head(w, widths[0], 3)


def vae_encoder_stages(w: Weights, widths: list[int]) -> None:
    """Two residual blocks a stage; between stages the picture halves, from the second on the frames too."""
    number, last = 0, len(widths) - 2
    for stage, (inputs, outputs) in enumerate(pairwise(widths)):
        for width in (inputs, outputs):
            vae_residual(w, f"downsamples.{number}", width, outputs)
            number += 1
        if stage < last:
            w.layer(f"downsamples.{number}.resample.1", outputs, outputs, 3, 3)
            if stage > 0:
                w.layer(f"downsamples.{number}.time_conv", outputs, outputs, 3, 1, 1)
            number += 1


def vae_decoder_stages(w: Weights, widths: list[int]) -> None:
    """Three residual blocks a stage; between stages the picture doubles and the width halves, twice the frames too."""
    number, last = 0, len(widths) - 2
    for stage, (before, outputs) in enumerate(pairwise(widths)):
        inputs = before if stage == 0 else before // 2
        for width in (inputs, outputs, outputs):
            vae_residual(w, f"upsamples.{number}", width, outputs)
            number += 1
        if stage < last:
            w.layer(f"upsamples.{number}.resample.1", outputs // 2, outputs, 3, 3)
            if stage < last - 1:
                w.layer(f"upsamples.{number}.time_conv", 2 * outputs, outputs, 3, 1, 1)
            number += 1


def vae_convolution(w: Weights, name: str, outputs: int, inputs: int) -> None:
    w.layer(name, outputs, inputs, 3, 3, 3)


def vae_residual(w: Weights, name: str, inputs: int, outputs: int) -> None:
    with w.inside(name):
        w.ones("residual.0.gamma", inputs, 1, 1, 1)
        vae_convolution(w, "residual.2", outputs, inputs)
        w.ones("residual.3.gamma", outputs, 1, 1, 1)
        vae_convolution(w, "residual.6", outputs, outputs)
        if inputs != outputs:
            w.layer("shortcut", outputs, inputs, 1, 1, 1)


def vae_middle(w: Weights, width: int) -> None:
    vae_residual(w, "middle.0", width, width)
    w.ones("middle.1.norm.gamma", width, 1, 1)
    w.layer("middle.1.to_qkv", 3 * width, width, 1, 1)
    w.layer("middle.1.proj", width, width, 1, 1)
    vae_residual(w, "middle.2", width, width)


def vae_head(w: Weights, width: int, outputs: int) -> None:
    w.ones("head.0.gamma", width, 1, 1, 1)
    vae_convolution(w, "head.2", outputs, width)


def sd15_checkpoint(w: Weights) -> None:
    with w.inside("model.diffusion_model"):
        sd15_unet(w)
    with w.inside("cond_stage_model.transformer"):
        clip_l(w)
    with w.inside("first_stage_model"):
        taesd(w)


def sd15_lora(w: Weights) -> None:
    block = "input_blocks.1.1.transformer_blocks.0"
    lora_layer(w, f"{block}.attn1.to_q", SD_CHANNELS, SD_CHANNELS)
    lora_layer(w, f"{block}.attn2.to_k", SD_CHANNELS, CLIP_WIDTH)


def wan_lora(w: Weights) -> None:
    lora_layer(w, "blocks.0.self_attn.q", WAN_WIDTH, WAN_WIDTH)
    lora_layer(w, "blocks.1.ffn.0", WAN_FEED_FORWARD, WAN_WIDTH)


def lora_layer(w: Weights, layer: str, outputs: int, inputs: int) -> None:
    with w.inside(f"diffusion_model.{layer}"):
        w.layer("lora_down", LORA_RANK, inputs, bias=False)
        w.layer("lora_up", outputs, LORA_RANK, bias=False)
        w.number("alpha", LORA_RANK)


# the server takes settings of a detected Wan model from this entry: 768 wide text lets CLIP stand in for the huge UMT5
WAN_METADATA = {"config": json.dumps({"transformer": {"text_dim": CLIP_WIDTH}})}

MODELS: dict[str, tuple[Callable[[Weights], None], dict[str, str] | None]] = {
    "checkpoints/tiny_sd15": (sd15_checkpoint, None),
    "text_encoders/tiny_clip_l": (clip_l, None),
    "diffusion_models/tiny_wan_t2v": (lambda w: wan_transformer(w, WAN_LATENT), WAN_METADATA),
    "diffusion_models/tiny_wan_i2v": (lambda w: wan_transformer(w, WAN_IMAGE_INPUT), WAN_METADATA),
    "vae/tiny_wan_vae": (wan_vae, None),
    "loras/tiny_sd15_lora": (sd15_lora, None),
    "loras/tiny_wan_lora": (wan_lora, None),
}


def write_models(folder: Path) -> None:
    for name, (build, metadata) in MODELS.items():
        weights = Weights(np.random.default_rng(SEED))
        build(weights)
        write(folder / f"{name}.safetensors", weights.tensors, metadata)


if __name__ == "__main__":
    write_models(Path(sys.argv[1]))
