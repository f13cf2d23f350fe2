"""A bot that says hello: the smallest thing that Pipecat Cloud runs."""

from loguru import logger


async def bot(runner_args):
    logger.info("Somebody is here")
