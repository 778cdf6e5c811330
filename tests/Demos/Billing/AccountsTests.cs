using System.Globalization;

namespace Billing.Tests;

/// <summary>The demo from outside: all its nodes are killed, and a later run of it goes on.</summary>
public sealed class AccountsTests : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(120);
    private static readonly string[] Customers = ["alice", "bob", "carol"];

    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = FreePorts.Take(4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Accounts_bills_and_reminders_are_there_again_after_all_nodes_were_killed()
    {
        int before;
        using (var first = Start())
        {
            // Each account has its first bill, and has set its reminder before it.
            await BillAsync(first, number: 7);
            first.Tell("kill all");
            before = await EndAsync(first);
        }

        using var second = Start();
        var counts = await Task.WhenAll(Customers.Select(customer => CountAsync(second, $"the account of {customer} is here with ")));
        await Task.WhenAll(Customers.Select(customer => CountAsync(second, $"statement: {customer} has ")));
        await BillAsync(second, before + 1);
        var after = await EndAsync(second);

        // The last bill may have been written and not charged.
        Assert.InRange(counts.Sum(), before - 1, after);
        var stated = Customers.Sum(customer => second.Lines(line => line.Text.Contains($"statement: {customer} has "))
            .Max(line => NumberIn(line.Text, "has ")));
        Assert.InRange(stated, before - 1, after);
    }

    private ChildProcess Start() => ChildProcess.Start(
        "dotnet",
        [
            Programs.Find("demo/Billing", "Billing"), "--directory", _folder["billing"], "--ports", .. _ports.Select(port => $"{port}"),
        ]);

    private static async Task BillAsync(ChildProcess demo, int number) => Assert.NotNull(
        await demo.Line(line => line.Text.Contains($"| bill {number} (token "), WaitMax, 0));

    private static async Task<int> CountAsync(ChildProcess demo, string text)
    {
        var found = await demo.Line(line => line.Text.Contains(text), WaitMax, 0);
        Assert.NotNull(found);
        return NumberIn(found.Text, text);
    }

    // The number of the last bill.
    private static async Task<int> EndAsync(ChildProcess demo)
    {
        demo.Tell("quit");
        Assert.Equal(0, await demo.Ended(WaitMax));
        var numbers = demo.Lines(line => line.Text.Contains("| bill ") && !line.Text.Contains("REFUSED"))
            .Select(line => NumberIn(line.Text, "| bill ")).Distinct().ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        return numbers[^1];
    }

    private static int NumberIn(string line, string behind) =>
        int.Parse(line[(line.IndexOf(behind, StringComparison.Ordinal) + behind.Length)..].Split(' ')[0], CultureInfo.InvariantCulture);
}
