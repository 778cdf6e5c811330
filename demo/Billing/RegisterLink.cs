using System.Globalization;

using Akka.Actor;

namespace Billing;

/// <summary>The connection of a node to the register, which is in the launcher: lines of the standard output and input.</summary>
internal static class RegisterLink
{
    /// <summary>Begins the lines for the register. All other lines of a node are for people.</summary>
    public const string Mark = "> ";

    /// <summary>Gets the answers of the register; null: no biller has started in this process.</summary>
    public static IActorRef? Biller { get; set; }

    public static void Send(string request) => Console.WriteLine(Mark + request);

    /// <summary>Passes a line of the standard input on, if it is an answer.</summary>
    public static void OnLine(string line)
    {
        RegisterAnswer? answer = line.Split(' ') switch
        {
            ["latest", var number] => new RegisterAnswer.Latest(long.Parse(number, CultureInfo.InvariantCulture)),
            ["written", var number] => new RegisterAnswer.Written(long.Parse(number, CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (answer is not null)
        {
            Biller?.Tell(answer, ActorRefs.NoSender);
        }
    }
}

/// <summary>What the register answers to a biller. It does not answer what it refuses.</summary>
internal abstract record RegisterAnswer
{
    public sealed record Latest(long Number) : RegisterAnswer;

    public sealed record Written(long Number) : RegisterAnswer;
}
