using System.CommandLine.Parsing;
using System.Globalization;

using RaftActors.Coordination;

using Command = System.CommandLine.Command;

namespace RaftActors.Cli.Client.Coordination;

/// <summary><c>raft item commit</c>: several items by one transaction.</summary>
internal static class ItemCommitCommand
{
    private const string StandardInput = "-";

    public static Command Build(CommandEnvironment environment)
    {
        var input = new Argument<string?>("input")
        {
            Description = "'-' reads more of the transaction from standard input.",
            Arity = ArgumentArity.ZeroOrOne,
            Validators = { RefuseFile },
        };
        var expect = Part("--expect", "name=version", "The version that an item must have, or 0 if there must be none");
        var put = Part("--put", "name=value", "An item to write. The name ends before the first '='");
        var delete = Part("--delete", "name", "An item to delete, if there is one");
        return CoordinationGroup.Verb(
            environment,
            "commit",
            """
            Writes and deletes several items at once, if all of them have the expected versions. Otherwise it changes none, names the first
            item with another version, and ends with 1. Expectations are about the items before the transaction. Written items belong to no
            session, and stay until they are deleted.

            Lines of standard input are parts in the same form: 'expect NAME=VERSION', 'put NAME=VALUE' or 'delete NAME'.
            """,
            "item commit --expect shop/mode=17 --put shop/mode=night --delete shop/offer",
            true,
            [input, expect, put, delete],
            (parsed, group) => Commit(group,
            [
                .. (parsed.GetValue(expect) ?? []).Select(text => Parse("expect", text)),
                .. (parsed.GetValue(put) ?? []).Select(text => Parse("put", text)),
                .. (parsed.GetValue(delete) ?? []).Select(text => Parse("delete", text)),
                .. parsed.GetValue(input) is null ? [] : Lines(environment.Input),
            ]));
    }

    private static int Commit(CoordinationGroup group, IReadOnlyList<(string Name, Action<ItemTransaction> Add)> parts)
    {
        if (parts.Count == 0)
        {
            throw new UsageException("the transaction is empty: give --expect, --put or --delete, or '-' for standard input");
        }

        // Read first, so that a group that does not answer is known not to be changed.
        return group.Ask((asked, end) => asked.Items.GetAsync(parts[0].Name, cancellationToken: end), _ =>
        {
            long? version = null;
            var outcome = group.Change(async (asked, end) =>
            {
                version = await asked.Items.CommitAsync(
                    transaction =>
                    {
                        foreach (var part in parts)
                        {
                            part.Add(transaction);
                        }
                    },
                    cancellationToken: end).ConfigureAwait(false);
                return null;
            });
            return group.Report(
                outcome,
                "item-commit",
                $"committed, version {version}",
                "the items were changed",
                "raft item list",
                members: [("version", version)]);
        });
    }

    private static IEnumerable<(string Name, Action<ItemTransaction> Add)> Lines(Stream input)
    {
        foreach (var (text, problem) in InputLines.Read(input))
        {
            var line = text ?? throw new UsageException(Clause.Of(problem!)); // Justification: a line has a text or a problem.
            if (line.Length > 0)
            {
                var end = line.IndexOf(' ');
                yield return Parse(end < 0 ? line : line[..end], end < 0 ? "" : line[(end + 1)..]);
            }
        }
    }

    private static (string Name, Action<ItemTransaction> Add) Parse(string verb, string text)
    {
        var end = verb switch { "expect" => text.LastIndexOf('='), "put" => text.IndexOf('='), _ => text.Length };
        var (name, value) = end > 0 ? (text[..end], text[Math.Min(end + 1, text.Length)..]) : ("", "");
        return (name, verb) switch
        {
            ({ Length: > 0 }, "expect") when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) =>
                (name, transaction => transaction.Expect(name, version)),
            ({ Length: > 0 }, "put") => (name, transaction => transaction.Put(name, value)),
            ({ Length: > 0 }, "delete") => (name, transaction => transaction.Delete(name)),
            _ => throw new UsageException(
                $"'{verb} {text}' is no part of a transaction: write 'expect NAME=VERSION', 'put NAME=VALUE' or 'delete NAME'"),
        };
    }

    private static Option<string[]> Part(string name, string value, string what) =>
        new(name) { Description = $"{what}. Repeat it for several.", HelpName = value };

    private static void RefuseFile(ArgumentResult result)
    {
        if (result.Tokens.Any(token => token.Value != StandardInput))
        {
            result.AddError("give the transaction by options, or with '-' on standard input");
        }
    }
}
