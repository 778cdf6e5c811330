using System.Net.Http.Headers;
using System.Text.Json;

using Microsoft.AspNetCore.Builder;

namespace KeyValue.Tests;

/// <summary>The service over HTTP.</summary>
[Collection(nameof(SharedNodes))]
public sealed class KeyValueTests(ThreeNodes nodes)
{
    [Theory]
    [InlineData("a@b:1")]
    [InlineData("a")]
    [InlineData("a:x")]
    public async Task Address_that_cannot_be_read_is_refused(string address) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await nodes.Http[0].PutAsync($"/nodes/{address}", null)).StatusCode);

    [Fact]
    public async Task Written_item_is_read_on_another_node_with_its_content_type_and_serial()
    {
        var written = await PutAsync(0, "/kv/read", "hello");
        var read = await nodes.Http[1].GetAsync("/kv/read");

        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal("hello", await read.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", read.Content.Headers.ContentType!.ToString());
        Assert.Equal(written.Headers.ETag, read.Headers.ETag);
    }

    [Fact]
    public async Task Bytes_of_any_kind_are_kept()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(each => (byte)each)];
        await nodes.Http[0].PutAsync("/kv/bytes", new ByteArrayContent(bytes));

        Assert.Equal(bytes, await nodes.Http[2].GetByteArrayAsync("/kv/bytes"));
    }

    [Fact]
    public async Task Deleted_item_is_not_found_and_a_second_delete_says_so()
    {
        await PutAsync(0, "/kv/deleted", "x");

        var first = await nodes.Http[1].DeleteAsync("/kv/deleted");
        var second = await nodes.Http[1].DeleteAsync("/kv/deleted");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (first.StatusCode, second.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, (await nodes.Http[2].GetAsync("/kv/deleted")).StatusCode);
    }

    [Fact]
    public async Task Write_with_the_serial_of_an_older_item_fails_and_changes_nothing()
    {
        var first = (await PutAsync(0, "/kv/swap", "first")).Headers.ETag!;
        var second = await PutAsync(0, "/kv/swap", "second", ifMatch: first);
        var third = await PutAsync(1, "/kv/swap", "third", ifMatch: first);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.PreconditionFailed), (second.StatusCode, third.StatusCode));
        Assert.Equal("second", await nodes.Http[2].GetStringAsync("/kv/swap"));
    }

    [Fact]
    public async Task Item_is_created_once_with_If_None_Match()
    {
        var first = await PutAsync(0, "/kv/created", "first", ifNoneMatch: true);
        var second = await PutAsync(1, "/kv/created", "second", ifNoneMatch: true);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.PreconditionFailed), (first.StatusCode, second.StatusCode));
        Assert.Equal("first", await nodes.Http[2].GetStringAsync("/kv/created"));
    }

    [Fact]
    public async Task Write_with_If_Match_of_any_item_fails_without_one()
    {
        var refused = await PutAsync(0, "/kv/any", "x", ifMatch: EntityTagHeaderValue.Any);
        await PutAsync(0, "/kv/any", "x");
        var accepted = await PutAsync(0, "/kv/any", "y", ifMatch: EntityTagHeaderValue.Any);

        Assert.Equal((HttpStatusCode.PreconditionFailed, HttpStatusCode.NoContent), (refused.StatusCode, accepted.StatusCode));
    }

    [Fact]
    public async Task Repeated_request_with_an_idempotency_key_changes_the_item_once_and_has_the_first_answer()
    {
        var before = (await PutAsync(0, "/kv/repeat", "before")).Headers.ETag!;
        var first = await PutAsync(0, "/kv/repeat", "first", ifMatch: before, idempotencyKey: "repeat-1");
        await PutAsync(0, "/kv/repeat", "later");
        var again = await PutAsync(1, "/kv/repeat", "first", ifMatch: before, idempotencyKey: "repeat-1");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (first.StatusCode, again.StatusCode));
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
        Assert.Equal("later", await nodes.Http[2].GetStringAsync("/kv/repeat"));
    }

    [Fact]
    public async Task Repeated_request_that_created_the_item_says_so_again()
    {
        var first = await PutAsync(0, "/kv/made-once", "first", idempotencyKey: "created-1");
        var again = await PutAsync(1, "/kv/made-once", "first", idempotencyKey: "created-1");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
    }

    [Fact]
    public async Task Repeated_request_that_was_refused_is_refused_again_though_the_item_has_changed()
    {
        var before = (await PutAsync(0, "/kv/refused", "before")).Headers.ETag!;
        await PutAsync(0, "/kv/refused", "now");
        var first = await PutAsync(0, "/kv/refused", "x", ifMatch: before, idempotencyKey: "refused-1");
        await PutAsync(0, "/kv/refused", "later");
        var again = await PutAsync(1, "/kv/refused", "x", ifMatch: before, idempotencyKey: "refused-1");

        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed), (first.StatusCode, again.StatusCode));
        Assert.Equal("later", await nodes.Http[2].GetStringAsync("/kv/refused"));
    }

    [Theory]
    [InlineData("linearizable")]
    [InlineData("lease")]
    [InlineData("session")]
    public async Task Own_write_is_read_on_each_node(string consistency)
    {
        for (var round = 0; round < 20; round++)
        {
            var session = Session(await PutAsync(round % 3, $"/kv/own-{consistency}", $"{round}"));
            foreach (var node in nodes.Http)
            {
                using HttpRequestMessage request = new(HttpMethod.Get, $"/kv/own-{consistency}?consistency={consistency}");
                request.Headers.Add("Raft-Session", session);
                using var answer = await node.SendAsync(request);
                Assert.Equal($"{round}", await answer.Content.ReadAsStringAsync());
                session = Session(answer);
            }
        }
    }

    [Fact]
    public async Task Local_read_is_answered_by_each_node()
    {
        await PutAsync(0, "/kv/local", "x");
        foreach (var node in nodes.Http)
        {
            var answer = await node.GetAsync("/kv/local?consistency=local");
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{answer}");
        }
    }

    [Fact]
    public async Task Watch_shows_the_changes_of_one_item_after_a_serial_and_none_that_had_no_effect()
    {
        var first = (await PutAsync(0, "/kv/watched", "first")).Headers.ETag!;
        await PutAsync(0, "/kv/other", "x");
        await PutAsync(0, "/kv/watched", "refused", ifNoneMatch: true);
        await PutAsync(0, "/kv/watched", "second");
        await nodes.Http[0].DeleteAsync("/kv/watched");

        var lines = await WatchAsync(1, $"/watch/watched?after={first.Tag.Trim('"')}", until: "event: deleted");

        Assert.Equal(["event: changed", "event: deleted"], lines.Where(line => line.StartsWith("event", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains(Convert.ToBase64String("second"u8), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/kv/bad?consistency=strong")]
    [InlineData("/watch/bad?after=-1")]
    [InlineData("/watch/bad?after=x")]
    public async Task Request_that_cannot_be_read_is_refused(string path) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await nodes.Http[0].GetAsync(path)).StatusCode);

    // The answer repeats the session, so a group that no header may have would fail it after the write.
    [Fact]
    public async Task Write_whose_session_has_an_unknown_group_is_refused_and_changes_nothing()
    {
        using HttpRequestMessage request = new(HttpMethod.Put, "/kv/session") { Content = new StringContent("x") };
        request.Headers.Add("Raft-Session", "kv-other=1");

        Assert.Equal(HttpStatusCode.BadRequest, (await nodes.Http[0].SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await nodes.Http[1].GetAsync("/kv/session")).StatusCode);
    }

    [Fact]
    public async Task Condition_that_cannot_be_read_is_refused()
    {
        var weak = await PutAsync(0, "/kv/bad", "x", ifMatch: new EntityTagHeaderValue("\"1\"", isWeak: true));
        var word = await PutAsync(0, "/kv/bad", "x", ifMatch: new EntityTagHeaderValue("\"one\""));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (weak.StatusCode, word.StatusCode));
    }

    [Fact]
    public async Task Item_that_is_too_large_is_refused_with_the_limit()
    {
        var answer = await nodes.Http[0].PutAsync("/kv/large", new ByteArrayContent(new byte[64_000]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("raft.pair-size-max", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_names_the_leader_of_each_group_and_the_pages_for_operators_answer()
    {
        await PutAsync(0, "/kv/status", "x");
        var status = JsonDocument.Parse(await nodes.Http[1].GetStringAsync("/status")).RootElement;
        var api = JsonDocument.Parse(await nodes.Http[1].GetStringAsync("/openapi/v1.json")).RootElement;

        Assert.Equal(["kv-0", "kv-1", "kv-2"], status.EnumerateArray().Select(group => group.GetProperty("group").GetString()).Order());
        Assert.Contains(status.EnumerateArray(), group => group.GetProperty("leader").GetString() is not null);
        Assert.Contains("raft_", await nodes.Http[1].GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("raft-live: Healthy", await nodes.Http[1].GetStringAsync("/healthz/live"), StringComparison.Ordinal);
        Assert.True(api.GetProperty("paths").GetProperty("/kv/{key}").TryGetProperty("put", out _));
    }

    [Fact]
    public async Task Node_alone_answers_503_and_says_when_to_try_again()
    {
        var ports = FreePorts.Take(3);
        await using var node = KeyValueService.Build(
            [.. ThreeNodes.ArgumentsOf(ports[0], ports), "--RaftActors:Hocon", "raft { append-timeout = 1s, query-timeout = 1s }"]);
        await node.StartAsync();
        using HttpClient http = new() { BaseAddress = new Uri(node.Urls.Single()) };

        using var write = await http.PutAsync("/kv/alone", new StringContent("x"));
        using var read = await http.GetAsync("/kv/alone");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (write.StatusCode, read.StatusCode));
        Assert.NotNull(write.Headers.RetryAfter);
        Assert.NotNull(read.Headers.RetryAfter);
    }

    [Fact]
    public void Number_of_groups_that_cannot_be_read_is_refused() =>
        Assert.Contains("--groups is 'x'", Assert.Throws<UsageException>(() => KeyValueService.Build(["--groups", "x"])).Message);

    private static string Session(HttpResponseMessage answer) => answer.Headers.GetValues("Raft-Session").Single();

    private async Task<HttpResponseMessage> PutAsync(
        int node,
        string path,
        string value,
        EntityTagHeaderValue? ifMatch = null,
        bool ifNoneMatch = false,
        string? idempotencyKey = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, path) { Content = new StringContent(value) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(ifMatch);
        }

        if (ifNoneMatch)
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await nodes.Http[node].SendAsync(request);
    }

    private async Task<List<string>> WatchAsync(int node, string path, string until)
    {
        using StreamReader stream = new(await nodes.Http[node].GetStreamAsync(path));
        List<string> lines = [];
        while (await stream.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line == until)
            {
                break;
            }
        }

        return lines;
    }
}
