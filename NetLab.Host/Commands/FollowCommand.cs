using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Host.Commands;

/// <summary><c>nlab follow FILE STREAM</c>: the bytes of a conversation, put back in order.</summary>
internal static class FollowCommand
{
    public static Command Create()
    {
        var input = new CaptureArguments();
        var stream = new Argument<string>("STREAM") { Description = "A TCP connection's number as decode shows it, such as 3 or tcp:3; or a UDP flow's, such as udp:3" };
        var direction = new Option<string?>("--direction") { Description = "Only what a (the client) or b (the server) sent", HelpName = "a|b" };
        var form = new Option<string?>("--as") { Description = "text: lines marked by side; hex: a dump; raw: the bytes alone (the default, but on a terminal it is text)", HelpName = "text|hex|raw" };
        var file = new Option<string?>("-o", "--output") { Description = "Write to this file", HelpName = "FILE" };
        var command = new Command("follow", "The reassembled bytes of a TCP connection or UDP flow") { direction, form, file };
        input.AddTo(command);
        command.Add(stream);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(direction) is { } side and not ("a" or "b"))
            {
                throw new UsageException($"--direction '{side}': it is a (the client) or b (the server)");
            }

            ConversationForm shape = parsed.GetValue(form) switch
            {
                "text" => ConversationForm.Text,
                "hex" => ConversationForm.Hex,
                "raw" => ConversationForm.Raw,
                null => parsed.GetValue(file) is null && !Console.IsOutputRedirected ? ConversationForm.Text : ConversationForm.Raw,
                { } other => throw new UsageException($"--as '{other}': it is text, hex or raw"),
            };
            CaptureInput capture = input.Read(parsed);
            var follower = new Follower(ConversationName.Parse(parsed.GetRequiredValue(stream)), parsed.GetValue(direction), shape);
            return CaptureWork.RunAsync(capture, stop => follower.Run(capture, parsed.GetValue(file), stop), cancellationToken);
        });
        return command;
    }

    private sealed class Follower(ConversationName name, string? direction, ConversationForm form)
    {
        private bool _found;

        public int Run(CaptureInput capture, string? file, CancellationToken cancellationToken)
        {
            // A file is only touched when there is something to write.
            var opened = new Lazy<Stream>(() => file is null ? new BufferedStream(Console.OpenStandardOutput()) : OutputFile.Open("-o", file));
            var text = new Lazy<ConversationText>(() => new ConversationText(opened.Value, form, file is null && !LayerColors.IsPlain));
            bool hasGap = false;
            bool isDecrypted = false;
            var options = new DecoderOptions { HashStreams = false, DecodeBodies = false };
            options = capture.KeyLog is null
                ? options with
                {
                    StreamBytes = (stream, fromClient, bytes) => Write(stream, fromClient, bytes),
                    StreamHole = (stream, fromClient, missing) =>
                    {
                        if (Is(stream) && Wants(fromClient))
                        {
                            text.Value.WriteHole(fromClient, missing);
                        }
                    },
                }
                : options with
                {
                    DecryptedBytes = (stream, fromClient, bytes) =>
                    {
                        isDecrypted |= Is(stream);
                        Write(stream, fromClient, bytes);
                    },
                };
            int exit = capture.Decode(
                options,
                (in CapturedPacket packet, DecodedPacket decoded) =>
                {
                    _found |= !name.IsUdp && decoded.Session?.StreamNumber == name.Number;
                    if (name.IsUdp && decoded.UdpPayload(packet.Bytes, name.Number, out ReadOnlySpan<byte> payload, out bool fromFirst))
                    {
                        // Of UDP, a is who sent first.
                        _found = true;
                        if (Wants(fromFirst))
                        {
                            text.Value.Write(fromFirst, payload);
                        }
                    }

                    return true;
                },
                decoder => hasGap = !name.IsUdp && decoder.TcpStreams.Any(
                    s => Is(s) && ((Wants(true) && s.ClientToServer.HasGap) || (Wants(false) && s.ServerToClient.HasGap))),
                cancellationToken);
            if (!_found)
            {
                throw new InvalidDataException($"{capture.Path}: there is no stream {name}");
            }

            (opened.Value as OutputFile)?.Begin();
            text.Value.End();
            opened.Value.Dispose();
            if (!name.IsUdp && capture.KeyLog is not null && !isDecrypted)
            {
                Console.Error.WriteLine($"nlab: {capture.Path}: nothing of stream {name} can be decrypted with {capture.KeyLog}");
                return ExitCode.Failed;
            }

            if (hasGap)
            {
                Console.Error.WriteLine($"nlab: {capture.Path}: stream {name} has bytes missing in the capture");
                return ExitCode.Failed;
            }

            return exit;

            void Write(TcpStream stream, bool fromClient, ReadOnlySpan<byte> bytes)
            {
                if (Is(stream) && Wants(fromClient))
                {
                    text.Value.Write(fromClient, bytes);
                }
            }
        }

        private bool Is(TcpStream stream) => !name.IsUdp && stream.Number == name.Number;

        private bool Wants(bool fromClient) => direction is null || (direction == "a") == fromClient;
    }
}
