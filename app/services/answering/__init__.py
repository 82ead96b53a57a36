"""From a chat or a hole to an answer: prompts, what fits, summaries, valid output."""
