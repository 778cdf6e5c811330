using System.Globalization;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>The POST endpoints of operators.</summary>
internal sealed class Changes(Lazy<Sampler> sampler, Operators operators)
{
    // Longer than a transfer of the leadership takes, and shorter than a person waits.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public Task TransferAsync(HttpContext http) => ChangeAsync(
        http, (client, member, _) => client.TransferLeadershipAsync(member, Timeout, http.RequestAborted), "leads", "the transfer to");

    public Task JoinAsync(HttpContext http) => ChangeAsync(
        http,
        (client, member, basedOn) => client.JoinAsync(member, basedOn, Timeout, cancellationToken: http.RequestAborted),
        "is a member of",
        "the addition of");

    public Task LeaveAsync(HttpContext http) => ChangeAsync(
        http,
        (client, member, basedOn) => client.LeaveAsync(member, basedOn, Timeout, cancellationToken: http.RequestAborted),
        "is no member of",
        "the removal of");

    /// <summary>Takes a lock away from its holder, and waits until the group has released it.</summary>
    public Task BreakAsync(HttpContext http) => AnswerAsync(http, async form =>
    {
        var name = form["lock"].ToString();
        if (sampler.Value.Coordination is not { } coordination)
        {
            return (StatusCodes.Status404NotFound, "This node has no coordination, so nothing was changed.");
        }

        if (name.Length == 0 || Number("token") is not { } token || Number("session") is not { } session)
        {
            return (StatusCodes.Status400BadRequest, "The request names no lock, token and session, so nothing was changed.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(Timeout);
        return await BreakAsync(coordination, name, token, session, limit.Token);

        long? Number(string field) =>
            long.TryParse(form[field].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    });

    private static async Task<(int Status, string Text)> BreakAsync(
        RaftCoordination coordination, string name, long token, long session, CancellationToken limit)
    {
        IReadOnlyList<RaftClaim>? before = null;
        try
        {
            await foreach (var holders in coordination.ObserveAsync(name, cancellationToken: limit))
            {
                var holder = holders.FirstOrDefault(each => (each.Token, each.Session) == (token, session));
                if (before is null && (holder is null || !await coordination.BreakAsync(name, holder, cancellationToken: limit)))
                {
                    return (StatusCodes.Status409Conflict, $"The token {token} does not hold {name} any more, so nothing was changed.");
                }

                before ??= holders;
                if (holder is null)
                {
                    return (StatusCodes.Status200OK, holders.Except(before).FirstOrDefault() is { } next
                        ? $"{name} is now held by {next.Owner} with token {next.Token}."
                        : $"{name} has a free place now. The next holder gets a token above {token}.");
                }
            }
        }
        catch (RaftException e) when (e.Failure?.Reason is FailureReason.Unauthorized)
        {
            return (StatusCodes.Status403Forbidden, e.Failure.Detail);
        }
        catch (Exception e) when (e is OperationCanceledException or RaftException or ObjectDisposedException)
        {
            // The answer below says all that is known.
        }

        return (StatusCodes.Status504GatewayTimeout, before is null
            ? $"It is not known whether {name} was taken away. Look at its holder before you try again."
            : $"The holder of {name} was told, and has not released it yet. It loses it when its session expires. If it goes on, "
                + "end its session by 'raft session end'.");
    }

    private Task ChangeAsync(
        HttpContext http,
        Func<RaftClient, ProcessName, long?, Task<Outcome<Membership>>> change,
        string done,
        string what) => AnswerAsync(http, async form =>
    {
        var (group, member) = (form["group"].ToString(), form["member"].ToString().Trim());
        if (sampler.Value.ClientOf(group) is not { } client)
        {
            return (StatusCodes.Status404NotFound, $"This node knows no group '{group}', so nothing was changed.");
        }

        if (!ProcessName.TryParse(member, out var name)
            || !TryIndex(form["basedOn"].ToString(), out var basedOn))
        {
            return (
                StatusCodes.Status400BadRequest,
                $"'{member}' is no name of a process, so nothing was changed. Use PROCESS@NODE, such as {group}@10.0.0.4:2551.");
        }

        return (await change(client, name, basedOn)).Failure switch
        {
            null => (StatusCodes.Status200OK, $"{member} {done} {group} now."),
            { Kind: FailureKind.NotDone } refused =>
                (StatusCodes.Status409Conflict, $"The group refused {what} {member}: {refused.Detail}"),
            var unknown => (StatusCodes.Status504GatewayTimeout, $"It is not known whether the group made {what} {member}: "
                + $"{unknown.Reason}. Look at its members before you try again."),
        };
    });

    private static bool TryIndex(string text, out long? index)
    {
        index = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return index is not null || text.Length == 0;
    }

    // Checks the rights before anything is read of the request.
    private async Task AnswerAsync(HttpContext http, Func<IFormCollection, Task<(int Status, string Text)>> change)
    {
        Headers.Add(http.Response);
        var (status, text) =
            !SameOrigin.Has(http.Request)
                ? (StatusCodes.Status403Forbidden, "The request came from another site, so nothing was changed.")
            : !await operators.AllowAsync(http)
                ? (StatusCodes.Status403Forbidden, "You are no operator of this dashboard, so nothing was changed.")
            : !http.Request.HasFormContentType
                ? (StatusCodes.Status415UnsupportedMediaType, "The request has no form, so nothing was changed.")
            : await change(await http.Request.ReadFormAsync(http.RequestAborted));

        // The script asks for text, and a form without the script for a page.
        http.Response.StatusCode = status;
        var wantsText = http.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.Ordinal);
        http.Response.ContentType = wantsText ? "text/plain; charset=utf-8" : "text/html; charset=utf-8";
        await http.Response.WriteAsync(
            wantsText ? text : Layout.Message(status == StatusCodes.Status200OK ? "Done" : "Not done", text, RootPath.Of(http, 1)));
    }
}
