using Akka.Actor;
using Akka.Persistence;

using RaftActors.Coordination;
using RaftActors.Persistence;

namespace Billing;

/// <summary>
/// The account of a customer: an event-sourced entity of Cluster Sharding that is remembered. Its events, its place among the remembered
/// entities and its reminder are on the nodes of the cluster, so it is there again after all of them were killed.
/// </summary>
internal sealed class Account : ReceivePersistentActor
{
    public const string Region = "account";

    private static readonly TimeSpan StatementInterval = TimeSpan.FromSeconds(10);

    private readonly string _customer;
    private long _count;
    private long _last;

    public Account(string customer)
    {
        _customer = customer;
        PersistenceId = $"account-{customer}";
        Recover<AccountEvent.Charged>(Apply);
        Recover<RecoveryCompleted>(_ => Console.WriteLine($"the account of {_customer} is here with {_count} bills"));
        CommandAsync<AccountMessage.Charge>(ChargeAsync);
        CommandAsync<AccountMessage.State>(_ => StateAsync());
    }

    public override string PersistenceId { get; }

    // The biller repeats a charge until it is answered. Bills have rising numbers, so a repeat is known.
    private async Task ChargeAsync(AccountMessage.Charge charge)
    {
        var sender = Sender;
        if (charge.Number <= _last)
        {
            sender.Tell(new AccountMessage.Answer(charge.Number));
            return;
        }

        if (_count == 0 && _customer != AccountMessage.Former)
        {
            await RemindAsync();
        }

        Persist(new AccountEvent.Charged(charge.Number), charged =>
        {
            Apply(charged);
            sender.Tell(new AccountMessage.Answer(charge.Number));
        });
    }

    // All customers share one printer.
    private async Task StateAsync()
    {
        var sender = Sender;
        await using (await RaftCoordination.Get(Context.System).LockAsync("printer", text: _customer))
        {
            Console.WriteLine($"statement: {_customer} has {_count} bills");
        }

        sender.Tell(new AccountMessage.Answer(_last));
    }

    // The message comes until it is answered, wherever the account is by then.
    private Task RemindAsync() => RaftReminders.Get(Context.System).ScheduleAsync(
        $"statement-{_customer}",
        to: $"/system/sharding/{Region}",
        new AccountMessage.State(_customer),
        DateTimeOffset.UtcNow + StatementInterval,
        every: StatementInterval);

    private void Apply(AccountEvent.Charged charged)
    {
        _count++;
        _last = charged.Number;
    }
}

/// <summary>What an account keeps.</summary>
internal abstract record AccountEvent
{
    public sealed record Charged(long Number) : AccountEvent;
}

/// <summary>Messages for and from the account of a customer.</summary>
internal abstract record AccountMessage
{
    /// <summary>The customer of the first bill, who left: nothing is charged any more, and no statement is asked for.</summary>
    public const string Former = "dave";

    private static readonly string[] Customers = ["alice", "bob", "carol"];

    /// <summary>Returns the entity of a message.</summary>
    public static string? EntityOf(object message) => message switch
    {
        Charge { Number: 1 } => Former,
        Charge charge => Customers[charge.Number % Customers.Length],
        State state => state.Customer,
        _ => null,
    };

    /// <summary>Charges a bill to the next customer in turn.</summary>
    public sealed record Charge(long Number) : AccountMessage;

    /// <summary>Prints the statement of a customer.</summary>
    public sealed record State(string Customer) : AccountMessage;

    /// <summary>It is done. The number is that of the latest bill.</summary>
    public sealed record Answer(long Number) : AccountMessage;
}
