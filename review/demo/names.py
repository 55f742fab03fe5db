"""Invented names. Any likeness to a person, firm or place is chance."""

import numpy as np
from numpy.random import Generator

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红鑫波斌宇浩凯健俊帆雪琳晨欣妍"
    "怡佳嘉梓涵轩博文思雨婷飞鹏志国建新海云山川春梅兰松柏宁安康乐"
)
FIRM_FIRST = "正明德天中衡信诚泰和恒润大同方圆公义理法知致博弘元君盛嘉华瀚"
FIRM_SECOND = "达衡律则平鼎源图理和诚信道宜言行正通远安泽兴桥峰岳"


def people(rng: Generator, size: int) -> list[str]:
    """Names of two or three characters."""
    surnames = rng.choice(list(SURNAMES), size)
    first, second = rng.choice(list(GIVEN), (2, size))
    long = rng.random(size) < 0.75
    parts = zip(surnames, first, second, long, strict=True)
    return [f"{surname}{a}{b if three else ''}" for surname, a, b, three in parts]


def firms(rng: Generator, place: str, size: int) -> list[str]:
    """Names of law firms of one place, none twice."""
    cores = [a + b for a in FIRM_FIRST for b in FIRM_SECOND if a != b]
    chosen = rng.permutation(np.array(cores))[:size]
    return [f"{place}{core}律师事务所" for core in chosen]
