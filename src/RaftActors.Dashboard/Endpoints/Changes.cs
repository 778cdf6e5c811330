using System.Globalization;

using Microsoft.AspNetCore.Http;

using RaftActors.Dashboard.Pages;
using RaftActors.Dashboard.Sampling;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>The POST endpoints of operators.</summary>
internal sealed class Changes(Lazy<Sampler> sampler, Operators operators)
{
    // Longer than a transfer of the leadership takes, and shorter than the patience of a person.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public Task TransferAsync(HttpContext http) => ChangeAsync(
        http, (client, member, _) => client.TransferLeadershipAsync(member, Timeout, http.RequestAborted), "leads", "the transfer to");

    public Task JoinAsync(HttpContext http) => ChangeAsync(
        http,
        (client, member, basedOn) => client.JoinAsync(member, basedOn, Timeout, http.RequestAborted),
        "is a member of",
        "the addition of");

    public Task LeaveAsync(HttpContext http) => ChangeAsync(
        http,
        (client, member, basedOn) => client.LeaveAsync(member, basedOn, Timeout, cancellationToken: http.RequestAborted),
        "is no member of",
        "the removal of");

    private async Task ChangeAsync(
        HttpContext http,
        Func<RaftClient, ProcessName, LogIndex?, Task<Outcome<Membership>>> change,
        string done,
        string what)
    {
        Headers.Add(http.Response);

        // Before anything is read of the request.
        if (!SameOrigin.Has(http.Request))
        {
            await AnswerAsync(http, StatusCodes.Status403Forbidden, "The request came from another site, so nothing was changed.");
            return;
        }

        if (!await operators.AllowAsync(http))
        {
            await AnswerAsync(http, StatusCodes.Status403Forbidden, "You are no operator of this dashboard, so nothing was changed.");
            return;
        }

        if (!http.Request.HasFormContentType)
        {
            await AnswerAsync(http, StatusCodes.Status415UnsupportedMediaType, "The request has no form, so nothing was changed.");
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (group, member) = (form["group"].ToString(), form["member"].ToString().Trim());
        if (sampler.Value.ClientOf(group) is not { } client)
        {
            await AnswerAsync(http, StatusCodes.Status404NotFound, $"This node knows no group '{group}', so nothing was changed.");
            return;
        }

        if (!ProcessName.TryParse(member, CultureInfo.InvariantCulture, out var name)
            || !TryIndex(form["basedOn"].ToString(), out var basedOn))
        {
            await AnswerAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"'{member}' is no name of a process, so nothing was changed. Use PROCESS@NODE, such as {group}@10.0.0.4:2551.");
            return;
        }

        var (status, text) = (await change(client, name, basedOn)) switch
        {
            Outcome<Membership>.Done => (StatusCodes.Status200OK, $"{member} {done} {group} now."),
            Outcome<Membership>.NotCommitted refused =>
                (StatusCodes.Status409Conflict, $"The group refused {what} {member}: {refused.Detail}"),
            var unknown => (StatusCodes.Status504GatewayTimeout, $"It is not known whether the group made {what} {member}: "
                + $"{((Outcome<Membership>.Unknown)unknown).Reason}. Look at its members before you try again."),
        };
        await AnswerAsync(http, status, text);
    }

    private static bool TryIndex(string text, out LogIndex? index)
    {
        index = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new LogIndex(number) : null;
        return index is not null || text.Length == 0;
    }

    // The script asks for text, and a form without it for a page.
    private static Task AnswerAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        var wantsText = http.Request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.Ordinal);
        http.Response.ContentType = wantsText ? "text/plain; charset=utf-8" : "text/html; charset=utf-8";
        return http.Response.WriteAsync(
            wantsText ? text : Layout.Message(status == StatusCodes.Status200OK ? "Done" : "Not done", text, RootPath.Of(http, 1)));
    }
}
