"""What the OpenAI Python SDK gets through Relay: names of scenarios on stdin, their results as JSON on stdout."""

import asyncio
import json
import os
import sys

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

BASE = os.environ["RELAY_BASE"]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TWO_CALLS = 'sim:call weather {"city":"Bern"}\nsim:call weather {"city":"Oslo"}'
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CHAT_TOOL = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA, "strict": True}}
RESPONSES_TOOL = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}

client = OpenAI(
    base_url=BASE,  # change this
    api_key=os.environ["RELAY_KEY"],  # and this
    max_retries=0,
)


class Step(BaseModel):
    title: str
    done: bool


def user(content):
    return [{"role": "user", "content": content}]


def chat_usage(usage):
    return [
        usage.prompt_tokens,
        usage.prompt_tokens_details.cached_tokens,
        usage.completion_tokens,
        usage.completion_tokens_details.reasoning_tokens,
    ]


def responses_usage(usage):
    return [
        usage.input_tokens,
        usage.input_tokens_details.cached_tokens,
        usage.output_tokens,
        usage.output_tokens_details.reasoning_tokens,
    ]


def error_facts(call):
    try:
        call()
    except openai.APIError as error:
        return {
            "name": type(error).__name__,
            "status": getattr(error, "status_code", None),
            "type": error.type,
            "code": error.code,
            "param": error.param,
        }
    return "no error"


def landing_chat():
    resp = client.chat.completions.create(
        model="gpt-5.4",
        reasoning_effort="high",
        messages=[{"role": "user", "content": "Add a null check"}],
    )
    choice = resp.choices[0]
    return {
        "id": resp._request_id,
        "model": resp.model,
        "content": choice.message.content,
        "finish": choice.finish_reason,
        "usage": chat_usage(resp.usage),
    }


def landing_chat_stream():
    resp = client.chat.completions.create(
        model="gpt-5.5",
        messages=[{"role": "user", "content": "Write tests for utils.py"}],
        reasoning_effort="high",
        stream=True,
    )
    chunks = list(resp)
    return {
        "content": "".join(chunk.choices[0].delta.content or "" for chunk in chunks),
        "finish": [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason],
    }


def landing_responses():
    resp = client.responses.create(
        model="gpt-5.5",
        reasoning={"effort": "high"},
        input="Add a null check",
    )
    return {"id": resp._request_id, "text": resp.output_text, "status": resp.status, "usage": responses_usage(resp.usage)}


def responses_stream():
    events = list(client.responses.create(model="gpt-5.5", input="Ship it", stream=True))
    return {
        "text": "".join(event.delta for event in events if event.type == "response.output_text.delta"),
        "ends": [events[0].type, events[-1].type],
        "gaps": [event.sequence_number for event in events] != list(range(len(events))),
    }


def tools_chat():
    messages = user(TWO_CALLS)
    first = client.chat.completions.create(model="gpt-5.5", messages=messages, tools=[CHAT_TOOL])
    message = first.choices[0].message
    outputs = [
        {"role": "tool", "tool_call_id": call.id, "content": "fine in " + json.loads(call.function.arguments)["city"]}
        for call in message.tool_calls
    ]
    second = client.chat.completions.create(
        model="gpt-5.5", messages=[*messages, message, *outputs], tools=[CHAT_TOOL]
    )
    return {"finish": first.choices[0].finish_reason, "content": second.choices[0].message.content}


def tools_responses():
    history = user(TWO_CALLS)
    first = client.responses.create(model="gpt-5.5", input=history, tools=[RESPONSES_TOOL])
    outputs = [
        {"type": "function_call_output", "call_id": item.call_id, "output": "fine in " + json.loads(item.arguments)["city"]}
        for item in first.output
        if item.type == "function_call"
    ]
    second = client.responses.create(
        model="gpt-5.5", input=[*history, *first.output, *outputs], tools=[RESPONSES_TOOL]
    )
    return second.output_text


def kept():
    first = client.responses.create(model="gpt-5.5", input="one")
    second = client.responses.create(model="gpt-5.5", input="two", previous_response_id=first.id)
    events = list(
        client.responses.create(model="gpt-5.5", input="three", previous_response_id=second.id, stream=True)
    )
    third = events[-1].response
    retrieved = client.responses.retrieve(third.id)
    texts = [
        item.content[0].text
        for item in client.responses.input_items.list(third.id, order="asc", limit=2)
        if item.type == "message"
    ]
    deleted = client.responses.delete(second.id)
    return {
        "texts": [first.output_text, second.output_text, third.output_text],
        "same": retrieved.to_dict() == third.to_dict(),
        "chain": [second.previous_response_id == first.id, third.previous_response_id == second.id],
        "items": texts,
        "deleted": deleted,
        "gone": error_facts(lambda: client.responses.retrieve(second.id)),
        "broken": error_facts(
            lambda: client.responses.create(model="gpt-5.5", input="four", previous_response_id=second.id)
        ),
    }


def parse():
    chat = client.chat.completions.parse(model="gpt-5.5", messages=user("plan"), response_format=Step)
    responses = client.responses.parse(model="gpt-5.5", input="plan", text_format=Step)
    return [chat.choices[0].message.parsed.model_dump(), responses.output_parsed.model_dump()]


def images():
    chat = client.chat.completions.create(
        model="gpt-5.5",
        messages=user([{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": PIXEL}}]),
    )
    responses = client.responses.create(
        model="gpt-5.5",
        input=user([{"type": "input_text", "text": "look"}, {"type": "input_image", "image_url": PIXEL}]),
    )
    return [chat.choices[0].message.content, responses.output_text]


def stream_helpers():
    with client.chat.completions.stream(
        model="gpt-5.5", messages=user(TWO_CALLS), tools=[CHAT_TOOL], stream_options={"include_usage": True}
    ) as stream:
        for _ in stream:
            pass
        chat = stream.get_final_completion()
    with client.responses.stream(model="gpt-5.5", input="hello") as stream:
        for _ in stream:
            pass
        response = stream.get_final_response()
    return {
        "arguments": [call.function.arguments for call in chat.choices[0].message.tool_calls],
        "text": response.output_text,
        "usage": [chat_usage(chat.usage), responses_usage(response.usage)],
    }


def long_and_stopped():
    long = client.chat.completions.create(model="gpt-5.5", messages=user("sim:tokens 3000"))
    stopped = client.chat.completions.create(
        model="gpt-5.5", messages=user("sim:say alpha beta END gamma"), stop="END"
    )
    return [len(long.choices[0].message.content.split(" ")), stopped.choices[0].message.content]


def raw_headers():
    raw = client.chat.completions.with_raw_response.create(model="gpt-5.5", messages=user("hello"), temperature=0.2)
    names = ["x-request-id", "x-relay-account", "x-relay-model", "x-relay-attempts", "x-relay-dropped"]
    return {name: raw.headers.get(name) for name in names}


def models():
    return {"list": sorted(model.id for model in client.models.list()), "one": client.models.retrieve("gpt-5.5").id}


def errors():
    stranger = OpenAI(base_url=BASE, api_key="sk-relay-wrong", max_retries=0)
    narrow = OpenAI(base_url=BASE, api_key=os.environ["NARROW_KEY"], max_retries=0)
    lost = OpenAI(base_url="http://127.0.0.1:9/v1", api_key="x", max_retries=0)
    hello = {"model": "gpt-5.5", "messages": user("hello")}
    return [
        error_facts(lambda: stranger.chat.completions.create(**hello)),
        error_facts(lambda: narrow.chat.completions.create(**hello)),
        error_facts(lambda: client.responses.create(model="gpt-none", input="hi")),
        error_facts(lambda: client.chat.completions.create(**hello, n=2)),
        error_facts(lambda: client.embeddings.create(model="e", input="x")),
        error_facts(lambda: lost.models.list()),
    ]


def one_call():
    """A call that the simulator was told to spoil, with the client's own retries."""
    retrying = client.with_options(max_retries=2)
    return error_facts(lambda: retrying.chat.completions.create(model="gpt-5.5", messages=user("hello")))


def ask(question):
    """What it reads of one streamed answer, with the retries that it has by itself."""
    asking = OpenAI(base_url=BASE, api_key=question["key"])
    read = []

    def stream():
        for event in asking.responses.create(model="gpt-5.5", input=question["prompt"], stream=True):
            if event.type == "response.output_text.delta":
                read.append(event.delta)

    facts = error_facts(stream)
    return "".join(read) if facts == "no error" else {"status": facts["status"], "code": facts["code"]}


def broken_stream():
    received = []

    def read():
        for chunk in client.chat.completions.create(model="gpt-5.5", messages=user("sim:tokens 300"), stream=True):
            received.append(chunk.choices[0].finish_reason)

    facts = error_facts(read)
    return {"name": facts["name"], "code": facts["code"], "some": len(received) > 0, "finish": any(received)}


def joined_streams():
    """Reads with both stream helpers what comes of an answer that breaks off and is continued; the test says where."""
    asked = os.environ["JOINED_PROMPT"]
    with client.responses.stream(
        model="gpt-5.5", input=asked, reasoning={"effort": "high", "summary": "auto"}
    ) as stream:
        events = list(stream)
        response = stream.get_final_response()
    with client.chat.completions.stream(model="gpt-5.5", messages=user(asked), reasoning_effort="high") as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        chat = stream.get_final_completion()
    choice = chat.choices[0]
    return {
        "responses": [
            response.output_text,
            "".join(event.delta for event in events if event.type == "response.output_text.delta"),
        ],
        "gaps": [event.sequence_number for event in events] != list(range(len(events))),
        "chat": [choice.message.content, "".join(deltas), choice.finish_reason],
    }


def leave():
    """Closes a stream after its first words."""
    stream = client.chat.completions.create(model="gpt-5.5", messages=user("sim:tokens 3000"), stream=True)
    for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    stream.close()
    return "left"


def together():
    async def ask(session, number):
        resp = await session.chat.completions.create(model="gpt-5.5", messages=user(f"number {number}"))
        return resp.choices[0].message.content

    async def run():
        async with AsyncOpenAI(base_url=BASE, api_key=os.environ["RELAY_KEY"], max_retries=0) as session:
            return await asyncio.gather(*(ask(session, number) for number in range(8)))

    return asyncio.run(run())


if __name__ == "__main__":
    # Loading the SDK takes longer than all scenarios, so one process runs them all.
    print(json.dumps({"version": openai.__version__}), flush=True)
    for line in sys.stdin:
        try:
            name, details = line.strip("\n").split(" ", 1)
            answer = {"result": globals()[name](*([json.loads(details)] if details else []))}
        except Exception as error:  # the test says which scenario it was
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
